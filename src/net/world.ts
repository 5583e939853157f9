/**
 * All namespaces of all machines and what they share: time, chance, and the listeners of traces. Knows no machine.
 * Differs from Linux: IPv4 only; nothing that we teach needs the other one yet.
 */
import type { Mac } from '../base/address.ts';
import type { Clock, Disposer } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { Vxlan } from './device/vxlan.ts';
import { NetNamespace } from './namespace.ts';
import type { TraceEvent } from './trace.ts';

/** The inode number of the first namespace; Linux's own first one has 4026531840. */
const FIRST_INODE = 4026532320;

/** Where namespaces are made and destroyed. */
export class World {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly #namespaces = new Set<NetNamespace>();
  readonly #tracers = new Set<(event: TraceEvent) => void>();
  readonly #vxlans = new Set<Vxlan>();
  /** How many devices are handing a frame to one another right now. */
  transmitting = 0;
  #created = 0;

  constructor(options: { readonly clock: Clock; readonly rng: Rng }) {
    this.clock = options.clock;
    this.rng = options.rng;
  }

  /**
   * A new stack with `lo`, which is down, as Linux makes it.
   * @param options.inherit the machine's first namespace: IPv4 settings are copied from it
   */
  createNamespace(label: string, options: { readonly inherit?: NetNamespace } = {}): NetNamespace {
    const namespace = new NetNamespace(this, FIRST_INODE + ++this.#created, label, options.inherit);
    this.#namespaces.add(namespace);
    return namespace;
  }

  /** Its devices die, and the other ends of its cables with them; its connections vanish without a word. */
  destroyNamespace(namespace: NetNamespace): void {
    if (!this.#namespaces.delete(namespace)) return;
    namespace.sockets.abandon();
    for (const device of namespace.devices.list()) {
      if (device.kind !== 'loopback' && namespace.devices.get(device.name) === device) namespace.devices.remove(device.name);
    }
    namespace.destroyed = true;
  }

  get namespaces(): readonly NetNamespace[] {
    return [...this.#namespaces];
  }

  /** Locally administered, unicast. */
  randomMac(): Mac {
    const octets = Array.from({ length: 6 }, () => this.rng.below(256));
    octets[0] = (octets[0]! & 0xfe) | 0x02;
    return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':') as Mac;
  }

  /** Hear of every step of every packet. */
  onTrace(listener: (event: TraceEvent) => void): Disposer {
    this.#tracers.add(listener);
    return () => void this.#tracers.delete(listener);
  }

  get traced(): boolean {
    return this.#tracers.size > 0;
  }

  trace(event: TraceEvent): void {
    for (const listener of this.#tracers) listener(event);
  }

  /** The VXLAN devices whose outer packets live in `underlay`. */
  vxlans(underlay: NetNamespace): readonly Vxlan[] {
    return [...this.#vxlans].filter((device) => device.underlay === underlay);
  }

  addVxlan(device: Vxlan): void {
    this.#vxlans.add(device);
  }

  removeVxlan(device: Vxlan): void {
    this.#vxlans.delete(device);
  }
}
