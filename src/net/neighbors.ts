/**
 * Which MAC an address has on a link: what ARP asked, what somebody wrote by hand, what did not answer.
 * Knows no route. See net/core/neighbour.c, net/ipv4/arp.c (this file's second half is `arp.ts`).
 * Differs from Linux: progress of a TCP connection does not confirm a neighbour; a unicast probe does.
 */
import type { Ipv4, Mac } from '../base/address.ts';
import type { Disposer } from '../base/clock.ts';
import { answerArp, sendArpRequest } from './arp.ts';
import type { Device } from './device/device.ts';
import { NetError } from './errors.ts';
import type { NetNamespace } from './namespace.ts';
import type { Arp, Ipv4Packet } from './packet.ts';

/** As `ip neigh` names them. */
export type NeighborState = 'REACHABLE' | 'STALE' | 'INCOMPLETE' | 'FAILED' | 'PERMANENT' | 'NOARP' | 'DELAY' | 'PROBE';

/** A line of `ip neigh`. */
export interface Neighbor {
  readonly address: Ipv4;
  readonly device: string;
  readonly mac?: Mac;
  readonly state: NeighborState;
  readonly proxy?: boolean;
}

interface Entry {
  readonly address: Ipv4;
  readonly device: Device;
  mac: Mac | undefined;
  state: NeighborState;
  /** When a REACHABLE entry stops being believed. */
  freshUntilMs: number;
  tries: number;
  cancelTimer: Disposer | undefined;
  waiting: { readonly packet: Ipv4Packet; readonly send: (mac: Mac) => void }[];
}

/** Packets that may wait for one answer; Linux counts bytes, and these are about as many. */
const QUEUE_LIMIT = 100;

/** The neighbour table of one namespace. */
export class Neighbors {
  readonly #entries = new Map<Device, Map<Ipv4, Entry>>();
  readonly #proxies: { readonly address: Ipv4; readonly device: Device }[] = [];

  constructor(private readonly namespace: NetNamespace) {}

  /** Find the MAC of `address`, asking if need be, and hand it to `send`; a packet that waits in vain is refused to its sender. */
  resolve(device: Device, address: Ipv4, packet: Ipv4Packet, send: (mac: Mac) => void): void {
    const entry = this.#entry(device, address);
    if (entry.mac !== undefined && entry.state !== 'FAILED' && entry.state !== 'INCOMPLETE') {
      if (this.#stateOf(entry) === 'STALE') this.#doubt(entry);
      return send(entry.mac);
    }
    if (entry.waiting.length >= QUEUE_LIMIT) entry.waiting.shift();
    entry.waiting.push({ packet, send });
    if (entry.state === 'INCOMPLETE') return;
    entry.state = 'INCOMPLETE';
    entry.mac = undefined;
    entry.tries = 0;
    this.#ask(entry, packet.source);
  }

  lookup(address: Ipv4, device?: string): Mac | undefined {
    return this.list().find((entry) => entry.address === address && (device === undefined || entry.device === device))?.mac;
  }

  list(): readonly Neighbor[] {
    const neighbors: Neighbor[] = [];
    for (const entries of this.#entries.values()) {
      for (const entry of entries.values()) {
        neighbors.push({ address: entry.address, device: entry.device.name, ...(entry.mac ? { mac: entry.mac } : {}), state: this.#stateOf(entry) });
      }
    }
    return neighbors;
  }

  /** Addresses answered for by hand: `ip neigh add proxy`. */
  proxies(): readonly Neighbor[] {
    return this.#proxies.map(({ address, device }) => ({ address, device: device.name, state: 'PERMANENT', proxy: true }));
  }

  addProxy(address: Ipv4, device: string): void {
    if (!this.hasProxy(address, this.namespace.devices.require(device))) this.#proxies.push({ address, device: this.namespace.devices.require(device) });
  }

  /** @throws NetError ENOENT */
  deleteProxy(address: Ipv4, device: string): void {
    const index = this.#proxies.findIndex((proxy) => proxy.address === address && proxy.device.name === device);
    if (index < 0) throw new NetError('ENOENT');
    this.#proxies.splice(index, 1);
  }

  hasProxy(address: Ipv4, device: Device): boolean {
    return this.#proxies.some((proxy) => proxy.address === address && proxy.device === device);
  }

  /** @throws NetError EEXIST, ENODEV */
  add(address: Ipv4, device: string, mac: Mac, state: NeighborState = 'PERMANENT'): void {
    if (this.#entries.get(this.namespace.devices.require(device))?.has(address)) throw new NetError('EEXIST');
    this.replace(address, device, mac, state);
  }

  /** @throws NetError ENODEV */
  replace(address: Ipv4, device: string, mac: Mac, state: NeighborState = 'PERMANENT'): void {
    const entry = this.#entry(this.namespace.devices.require(device), address);
    this.#settle(entry, mac, state);
  }

  /** @throws NetError ENOENT, ENODEV */
  delete(address: Ipv4, device: string): void {
    const found = this.namespace.devices.require(device);
    const entry = this.#entries.get(found)?.get(address);
    if (!entry) throw new NetError('ENOENT');
    this.#forget(entry);
  }

  /** The device went away, went down or changed its MAC: nothing about its link holds, except what was written by hand while it stays. */
  flush(device: Device, everything = false): void {
    for (const entry of this.#entries.get(device)?.values() ?? []) {
      if (everything || entry.state !== 'PERMANENT') this.#forget(entry);
    }
    if (!everything) return;
    this.#entries.delete(device);
    for (let i = this.#proxies.length - 1; i >= 0; i--) if (this.#proxies[i]!.device === device) this.#proxies.splice(i, 1);
  }

  receive(device: Device, arp: Arp): void {
    const answered = answerArp(this.namespace, device, arp);
    // Whoever asks us will be answered by us, so remember them; others only refresh what is known (arp_accept is off).
    const entry = answered && arp.sender !== '0.0.0.0' ? this.#entry(device, arp.sender) : this.#entries.get(device)?.get(arp.sender);
    if (!entry || entry.state === 'PERMANENT' || entry.state === 'NOARP') return;
    const solicited = arp.op === 'reply' && arp.targetMac === device.mac;
    if (solicited) this.#settle(entry, arp.senderMac, 'REACHABLE');
    else if (entry.mac !== arp.senderMac || entry.state === 'FAILED' || entry.state === 'INCOMPLETE') this.#settle(entry, arp.senderMac, 'STALE');
  }

  #entry(device: Device, address: Ipv4): Entry {
    let entries = this.#entries.get(device);
    if (!entries) this.#entries.set(device, (entries = new Map()));
    let entry = entries.get(address);
    if (!entry) {
      entry = { address, device, mac: undefined, state: 'FAILED', freshUntilMs: 0, tries: 0, cancelTimer: undefined, waiting: [] };
      entries.set(address, entry);
    }
    return entry;
  }

  #stateOf(entry: Entry): NeighborState {
    return entry.state === 'REACHABLE' && this.namespace.world.clock.now() > entry.freshUntilMs ? 'STALE' : entry.state;
  }

  #settle(entry: Entry, mac: Mac, state: NeighborState): void {
    const { clock, rng } = this.namespace.world;
    entry.cancelTimer?.();
    entry.cancelTimer = undefined;
    entry.mac = mac;
    entry.state = state;
    entry.tries = 0;
    // Uniform around the base time, so that hosts do not probe in step (neigh_rand_reach_time).
    if (state === 'REACHABLE') entry.freshUntilMs = clock.now() + this.#knob(entry, 'base_reachable_time_ms') * (0.5 + rng.next());
    for (const { send } of entry.waiting.splice(0)) send(mac);
  }

  /** A stale entry is used: give the other side a moment to show itself, then ask it directly. */
  #doubt(entry: Entry): void {
    entry.state = 'DELAY';
    entry.cancelTimer?.();
    entry.cancelTimer = this.namespace.world.clock.schedule(this.#knob(entry, 'delay_first_probe_time') * 1000, () => {
      entry.state = 'PROBE';
      entry.tries = 0;
      this.#ask(entry, undefined);
    });
  }

  #ask(entry: Entry, source: Ipv4 | undefined): void {
    const limit = this.#knob(entry, entry.state === 'PROBE' ? 'ucast_solicit' : 'mcast_solicit');
    if (entry.tries >= limit) return this.#fail(entry);
    entry.tries++;
    entry.cancelTimer = this.namespace.world.clock.schedule(this.#knob(entry, 'retrans_time_ms'), () => this.#ask(entry, source));
    sendArpRequest(this.namespace, entry.device, entry.address, source, entry.state === 'PROBE' ? entry.mac : undefined);
  }

  #fail(entry: Entry): void {
    entry.state = 'FAILED';
    entry.mac = undefined;
    entry.cancelTimer = undefined;
    for (const { packet } of entry.waiting.splice(0)) this.namespace.neighborFailed(packet, entry.device);
  }

  #forget(entry: Entry): void {
    entry.cancelTimer?.();
    entry.waiting = [];
    this.#entries.get(entry.device)?.delete(entry.address);
  }

  #knob(entry: Entry, knob: string): number {
    return this.namespace.sysctl.neighbor(entry.device.name, knob);
  }
}
