/**
 * The wire between the machines: a switch in a namespace of its own, as Docker's bridge is for kind's nodes.
 * The switch's namespace may have an address and forward, and so be the way out.
 */
import type { Mac } from '../../base/address.ts';
import type { NetNamespace } from '../namespace.ts';
import type { World } from '../world.ts';
import { type Bridge, createBridge } from './bridge.ts';
import { createVeth, type Veth } from './veth.ts';

/** Between two machines, each way. */
const LATENCY_MS = 0.1;

/** The switch and how to plug into it. */
export interface Lan {
  readonly namespace: NetNamespace;
  readonly bridge: Bridge;
  /** Plug a machine in; the device is down and has no address yet. */
  attach(ns: NetNamespace, name: string, options?: { readonly mac?: Mac; readonly mtu?: number; readonly as?: typeof Veth }): Veth;
}

/** @param name of the switch's bridge, at most 15 characters */
export function createLan(world: World, name: string): Lan {
  const namespace = world.createNamespace(name);
  namespace.devices.setUp('lo', true);
  const bridge = createBridge(namespace, name);
  namespace.devices.setUp(name, true);
  let count = 0;
  return {
    namespace,
    bridge,
    attach(ns, device, options = {}) {
      const port = `veth${(count++).toString(16).padStart(7, '0')}`;
      const { a, b } = createVeth({ ns, name: device, ...options }, { ns: namespace, name: port, ...(options.mtu === undefined ? {} : { mtu: options.mtu }) });
      b.latencyMs = LATENCY_MS;
      namespace.devices.setMaster(port, name);
      namespace.devices.setUp(port, true);
      return a;
    },
  };
}
