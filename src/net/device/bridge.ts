/**
 * A learning Ethernet switch whose ports are other devices, and which is a device itself.
 * Knows nothing of IP, except that br_netfilter may want to see packets (see `bridge-netfilter.ts`).
 * See net/bridge/br_input.c, br_forward.c.
 * Differs from Linux: no spanning tree, no VLAN filtering, no multicast snooping; multicast is flooded.
 */
import type { Mac } from '../../base/address.ts';
import type { Carried } from '../in-flight.ts';
import type { NetNamespace } from '../namespace.ts';
import type { Frame } from '../packet.ts';
import { bridgeForward, bridgePrerouting } from './bridge-netfilter.ts';
import { type BridgePort, createPort, isGroup, mayLeave } from './bridge-port.ts';
import { Device, fitsThrough } from './device.ts';
import { BridgeFdb } from './fdb.ts';
import { BRIDGE_LIMIT, FloodLimit } from './storm.ts';

/** The switch. */
export class Bridge extends Device {
  readonly kind = 'bridge';
  readonly fdb: BridgeFdb;
  mtuChosen = false;
  readonly #ports = new Map<Device, BridgePort>();
  readonly #floods: FloodLimit;

  constructor(namespace: NetNamespace, name: string, mac: Mac, mtu: number) {
    super(namespace, name, mac, mtu);
    this.fdb = new BridgeFdb(namespace.world.clock);
    this.#floods = new FloodLimit(namespace.world.clock);
    this.fdb.add(mac, this, 'permanent');
  }

  ports(): readonly Device[] {
    return [...this.#ports.keys()];
  }

  port(device: Device): BridgePort | undefined {
    return this.#ports.get(device);
  }

  addPort(device: Device): void {
    this.#ports.set(device, createPort(device));
    this.changed();
  }

  removePort(device: Device): void {
    this.#ports.delete(device);
    this.fdb.forget(device);
    this.changed();
  }

  /** A frame came in at a port. */
  receiveAt(port: Device, frame: Frame, before: Carried): void {
    if (!this.up) return this.namespace.dropped(frame, 'device-down', this);
    const carried = { ...before, bridged: (before.bridged ?? 0) + 1 };
    if (carried.bridged > BRIDGE_LIMIT) return this.namespace.dropped(frame, 'bridge-loop', port);
    if (this.#ports.get(port)?.learning) this.fdb.learn(frame.from, port);
    bridgePrerouting(this, port, frame, carried, (seen, kept) => this.#forward(port, seen, kept));
  }

  /** The bridge's own traffic: to the port that is known to lead there, else to all. */
  protected send(frame: Frame, carried: Carried): void {
    const entry = isGroup(frame.to) ? undefined : this.fdb.lookup(frame.to);
    if (entry?.port === this) return;
    const ports = entry ? [this.#ports.get(entry.port)] : this.#ports.values();
    for (const port of ports) if (port && mayLeave(port, frame.to, undefined, entry !== undefined)) port.device.transmit(frame, carried);
  }

  #forward(from: Device, frame: Frame, carried: Carried): void {
    const entry = isGroup(frame.to) ? undefined : this.fdb.lookup(frame.to);
    if (entry && (entry.port === this || entry.kind === 'permanent')) return this.#passUp(frame, carried);
    if (isGroup(frame.to) || (!entry && this.promiscuous)) this.#passUp(frame, carried);
    if (!entry && !this.#floods.take()) return this.namespace.dropped(frame, 'bridge-loop', from);
    const ports = entry ? [this.#ports.get(entry.port)] : this.#ports.values();
    for (const port of ports) {
      if (!port || !mayLeave(port, frame.to, this.#ports.get(from), entry !== undefined)) continue;
      if (!fitsThrough(frame, from, port.device)) {
        this.namespace.dropped(frame, 'mtu-exceeded', port.device);
        continue;
      }
      bridgeForward(this, from, port.device, frame, carried);
    }
  }

  #passUp(frame: Frame, carried: Carried): void {
    this.namespace.receive(this, frame, carried);
  }

  /** MAC: the lowest of the ports' unless chosen; MTU: the smallest of the ports' unless chosen (br_stp_if.c, br_if.c). */
  override changed(): void {
    const ports = [...this.#ports.keys()];
    for (const port of ports) {
      if (!port.carrier) this.fdb.forgetLearned(port);
      for (const entry of this.fdb.list()) {
        if (entry.port === port && entry.kind === 'permanent' && entry.mac !== port.mac) this.fdb.delete(entry.mac);
      }
      this.fdb.add(port.mac, port, 'permanent');
    }
    const before = this.mac;
    if (!this.macChosen && ports.length > 0) this.mac = ports.map((port) => port.mac).sort()[0]!;
    if (before !== this.mac) {
      if (this.fdb.lookup(before)?.port === this) this.fdb.delete(before);
      this.namespace.neighbors.flush(this);
    }
    if (!this.fdb.lookup(this.mac)) this.fdb.add(this.mac, this, 'permanent');
    if (!this.mtuChosen && ports.length > 0) this.mtu = Math.min(...ports.map((port) => port.mtu));
  }

  override get carrier(): boolean {
    return this.up && [...this.#ports.keys()].some((port) => port.carrier);
  }

  override get operState(): 'UP' | 'DOWN' {
    return this.carrier ? 'UP' : 'DOWN';
  }

  details(): string {
    const id = `8000.${this.mac}`;
    const timers = 'hello_timer    0.00 tcn_timer    0.00 topology_change_timer    0.00 gc_timer    0.00';
    return `bridge forward_delay 1500 hello_time 200 max_age 2000 ageing_time 30000 stp_state 0 priority 32768 vlan_filtering 0 vlan_protocol 802.1Q bridge_id ${id} designated_root ${id} root_port 0 root_path_cost 0 topology_change 0 topology_change_detected 0 ${timers}`;
  }
}

/** @throws NetError EEXIST */
export function createBridge(namespace: NetNamespace, name: string, options: { readonly mac?: Mac; readonly mtu?: number } = {}): Bridge {
  const bridge = new Bridge(namespace, name, options.mac ?? namespace.world.randomMac(), options.mtu ?? 1500);
  bridge.macChosen = options.mac !== undefined;
  bridge.mtuChosen = options.mtu !== undefined;
  namespace.devices.add(bridge);
  return bridge;
}
