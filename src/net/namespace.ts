/**
 * One Linux network stack. Knows no pod, no process, no other namespace: what it hears of the rest of the world comes
 * through its devices. The path of a packet is in `ingress.ts` and `egress.ts`; this file holds what they share.
 */
import type { Cidr, Ipv4 } from '../base/address.ts';
import type { Disposer } from '../base/clock.ts';
import { Addresses, type AddressOptions, type InterfaceAddress, type Scope } from './addresses.ts';
import { Conntrack } from './conntrack.ts';
import type { Device } from './device/device.ts';
import { Devices } from './device/devices.ts';
import { Loopback } from './device/loopback.ts';
import { Bridge } from './device/bridge.ts';
import { originate, type SendOptions } from './egress.ts';
import type { NetError } from './errors.ts';
import { sendIcmpError } from './icmp.ts';
import type { Carried, PacketInFlight } from './in-flight.ts';
import { arrive, hearOwn } from './ingress.ts';
import { Ipvs } from './ipvs/services.ts';
import { Neighbors } from './neighbors.ts';
import { Netfilter } from './netfilter/netfilter.ts';
import { Reassembly } from './fragments.ts';
import { type Frame, frameSize, type Ipv4Packet } from './packet.ts';
import { Routes } from './routes.ts';
import { Sockets } from './sockets.ts';
import { Sysctl } from './sysctl.ts';
import type { DropReason, TraceStep } from './trace.ts';
import type { World } from './world.ts';

/** What tcpdump is handed. */
export interface Captured {
  readonly direction: 'in' | 'out';
  readonly device: string;
  readonly frame: Frame;
  readonly atMs: number;
}

interface Capture {
  readonly device: string;
  readonly listener: (captured: Captured) => void;
}

const LOOPBACK: Cidr = { address: '127.0.0.1' as Ipv4, prefix: 8 };

/** A network stack with its own devices, tables, rules and sockets. */
export class NetNamespace {
  readonly devices: Devices;
  readonly routes: Routes;
  readonly neighbors: Neighbors;
  readonly netfilter: Netfilter;
  readonly conntrack: Conntrack;
  readonly ipvs: Ipvs;
  readonly sockets: Sockets;
  readonly sysctl: Sysctl;
  readonly reassembly = new Reassembly(this);
  /** Packets dropped here so far, by reason: what a check or a learner asks "where did it go" of. */
  readonly drops = new Map<DropReason, number>();
  destroyed = false;
  readonly #addresses: Addresses;
  readonly #captures = new Set<Capture>();
  readonly #groups = new Map<string, number>();
  /** Learned from "fragmentation needed": the largest packet that reaches an address. */
  readonly #pathMtu = new Map<Ipv4, number>();
  #lastId = 0;

  constructor(
    readonly world: World,
    readonly id: number,
    readonly label: string,
    inherit?: NetNamespace,
  ) {
    this.sysctl = new Sysctl(inherit?.sysctl);
    this.devices = new Devices(this);
    this.routes = new Routes(this);
    this.#addresses = new Addresses(this.routes);
    this.neighbors = new Neighbors(this);
    this.conntrack = new Conntrack(this);
    this.ipvs = new Ipvs(this);
    this.netfilter = new Netfilter(this);
    this.sockets = new Sockets(this);
    this.#lastId = world.rng.below(65536);
    this.devices.add(new Loopback(this));
  }

  /** Upcall from a device: a frame came in. */
  receive(device: Device, frame: Frame, carried: Carried = {}): void {
    if (this.destroyed || !device.up) return this.dropped(frame, 'device-down', device);
    device.counters.rxPackets++;
    device.counters.rxBytes += frameSize(frame);
    this.tap('in', device, frame);
    if (device.master instanceof Bridge) device.master.receiveAt(device, frame, carried);
    else arrive(this, device, frame, carried);
  }

  /** What this host said to many comes back to it, as if it had come in at `device`. */
  hearOwn(device: Device, { packet, mark, tracking }: PacketInFlight): void {
    this.world.clock.schedule(0, () => {
      if (!this.destroyed && device.up) hearOwn(this, { packet, mark, tracking, inDevice: device });
    });
  }

  /** A local process sends; the namespace routes, filters and resolves. @returns what the system call would fail with */
  send(packet: Ipv4Packet, options: SendOptions = {}): NetError | undefined {
    return this.destroyed ? undefined : originate(this, packet, options);
  }

  /** @throws NetError EEXIST, ENODEV */
  addAddress(device: string, address: Cidr, options: AddressOptions = {}): void {
    this.#addresses.add(this.devices.require(device), address, options);
  }

  /** @throws NetError EADDRNOTAVAIL, ENODEV */
  deleteAddress(device: string, address: Cidr): void {
    this.#addresses.delete(this.devices.require(device), address);
  }

  addresses(device?: string): readonly InterfaceAddress[] {
    return this.#addresses.list(device);
  }

  isLocal(address: Ipv4): boolean {
    if (this.#addresses.has(address)) return true;
    const answer = this.routes.lookup(address);
    return answer.kind === 'found' && answer.route.type === 'local';
  }

  selectSource(device: string, nextHop: Ipv4, scope: Scope): Ipv4 | undefined {
    return this.#addresses.select(device, nextHop, scope);
  }

  /** Watch frames as tcpdump does; `any` is every device. */
  capture(device: string, listener: (captured: Captured) => void): Disposer {
    const capture: Capture = { device, listener };
    this.#captures.add(capture);
    return () => void this.#captures.delete(capture);
  }

  tap(direction: 'in' | 'out', device: Device, frame: Frame): void {
    for (const capture of this.#captures) {
      if (capture.device === 'any' || capture.device === device.name) capture.listener({ direction, device: device.name, frame, atMs: this.world.clock.now() });
    }
    if (this.world.traced) this.trace({ kind: direction === 'in' ? 'received' : 'transmitted', device: device.name, frame });
  }

  trace(step: TraceStep): void {
    if (this.world.traced) this.world.trace({ atMs: this.world.clock.now(), namespace: this.label, ...step });
  }

  dropped(packet: Ipv4Packet | Frame, reason: DropReason, device?: Device): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
    if (this.world.traced) this.trace({ kind: 'dropped', packet, reason, ...(device ? { device: device.name } : {}) });
  }

  /** Nobody answered for the next hop: the packet's sender is told. */
  neighborFailed(packet: Ipv4Packet, device: Device): void {
    this.dropped(packet, 'neighbor-unreachable', device);
    sendIcmpError(this, packet, 'host-unreachable');
  }

  nextPacketId(): number {
    this.#lastId = (this.#lastId + 1) & 0xffff;
    return this.#lastId;
  }

  pathMtu(destination: Ipv4): number | undefined {
    return this.#pathMtu.get(destination);
  }

  learnPathMtu(destination: Ipv4, mtu: number): void {
    // Forgotten after ten minutes, as net.ipv4.route.mtu_expires says.
    this.#pathMtu.set(destination, Math.max(mtu, 552));
    this.world.clock.schedule(600_000, () => this.#pathMtu.delete(destination));
  }

  /** Receive a multicast group at a device, or at all; counted, as several may join. */
  joinGroup(group: Ipv4, device?: string): void {
    const key = `${group} ${device ?? ''}`;
    this.#groups.set(key, (this.#groups.get(key) ?? 0) + 1);
  }

  leaveGroup(group: Ipv4, device?: string): void {
    const key = `${group} ${device ?? ''}`;
    const count = (this.#groups.get(key) ?? 0) - 1;
    if (count > 0) this.#groups.set(key, count);
    else this.#groups.delete(key);
  }

  inGroup(group: Ipv4, device: Device): boolean {
    // Every host is in 224.0.0.1.
    return group === '224.0.0.1' || this.#groups.has(`${group} ${device.name}`) || this.#groups.has(`${group} `);
  }

  /** `Devices` tells: a device went up or down. */
  deviceChanged(device: Device): void {
    if (device.up) {
      if (device.kind === 'loopback' && this.addresses('lo').length === 0) this.addAddress('lo', LOOPBACK, { scope: 'host' });
      this.#addresses.cameUp(device);
      return;
    }
    // Local addresses stay reachable while their device is down; everything through it goes.
    this.routes.removeThrough(device.name, (route) => route.table === 'local' && route.type === 'local' && route.destination.prefix === 32);
    this.neighbors.flush(device, true);
  }

  deviceRenamed(name: string, newName: string): void {
    this.#addresses.renamed(name, newName);
    this.routes.renamed(name, newName);
  }

  deviceRemoved(device: Device): void {
    this.#addresses.removed(device.name);
    this.routes.removeThrough(device.name);
    this.neighbors.flush(device, true);
  }
}
