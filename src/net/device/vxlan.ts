/**
 * VXLAN (RFC 7348): Ethernet frames in UDP packets. Its forwarding table says behind which host a MAC lives: written by
 * hand (flannel, Calico: `nolearning`), learned from what arrives, or asked of a multicast group.
 * See drivers/net/vxlan/vxlan_core.c.
 */
import { ANY, type Ipv4, isMulticast, type Mac, ZERO_MAC } from '../../base/address.ts';
import { NetError } from '../errors.ts';
import type { Carried } from '../in-flight.ts';
import type { NetNamespace } from '../namespace.ts';
import { type Frame, type Ipv4Packet, portsOf, type VxlanPayload } from '../packet.ts';
import { Device } from './device.ts';
import { VxlanFdb } from './vxlan-fdb.ts';

/** What `ip link add … type vxlan` is told. */
export interface VxlanOptions {
  readonly vni: number;
  readonly local?: Ipv4;
  /** The underlay device, by name. */
  readonly device?: string;
  readonly port: number;
  readonly learning: boolean;
  /** A multicast group to flood to. */
  readonly group?: Ipv4;
  /** A single host to send everything to. */
  readonly remote?: Ipv4;
  readonly mtu?: number;
  readonly mac?: Mac;
}

/** One VXLAN device. */
export class Vxlan extends Device {
  readonly kind = 'vxlan';
  readonly fdb: VxlanFdb;
  /** Where the outer packets live: the namespace the device was made in, wherever it is moved. */
  readonly underlay: NetNamespace;

  constructor(
    namespace: NetNamespace,
    name: string,
    mac: Mac,
    mtu: number,
    readonly options: VxlanOptions,
  ) {
    super(namespace, name, mac, mtu);
    this.underlay = namespace;
    this.fdb = new VxlanFdb(namespace.world.clock);
    const flood = options.group ?? options.remote;
    if (flood) this.fdb.add(ZERO_MAC, flood);
  }

  protected send(frame: Frame, carried: Carried): void {
    const destinations = this.fdb.destinations(frame.to);
    if (destinations.length === 0) {
      this.counters.txDropped++;
      return this.namespace.dropped(frame, 'no-destination', this);
    }
    for (const destination of destinations) this.#encapsulate(frame, destination, carried);
  }

  #encapsulate(frame: Frame, destination: Ipv4, carried: Carried): void {
    const { options, underlay } = this;
    const payload: VxlanPayload = { vni: options.vni, frame, ...(carried.bridged === undefined ? {} : { bridged: carried.bridged }) };
    if (underlay === this.namespace && underlay.isLocal(destination)) {
      // Encap bypass: the other end is another VXLAN device of this host, or nobody.
      receiveVxlan(underlay, destination, options.port, payload);
      return;
    }
    const outer: Ipv4Packet = {
      type: 'ipv4',
      source: options.local ?? ANY,
      destination,
      ttl: isMulticast(destination) ? 1 : 64,
      payload: { protocol: 'udp', sourcePort: flowPort(frame), destinationPort: options.port, data: payload },
    };
    underlay.send(outer, {
      mark: underlay === this.namespace ? (carried.mark ?? 0) : 0,
      from: this,
      ...(options.device === undefined ? {} : { device: options.device }),
    });
  }

  override changed(): void {
    const { group, device } = this.options;
    if (!group) return;
    if (this.up) this.underlay.joinGroup(group, device);
    else this.underlay.leaveGroup(group, device);
  }

  override removed(): void {
    this.changed();
    this.underlay.world.removeVxlan(this);
  }

  details(): string {
    const { vni, local, device, port, learning, group, remote } = this.options;
    const words = [`vxlan id ${vni}`];
    if (group) words.push(`group ${group}`);
    if (remote) words.push(`remote ${remote}`);
    if (local) words.push(`local ${local}`);
    if (device) words.push(`dev ${device}`);
    words.push('srcport 0 0', `dstport ${port}`);
    if (!learning) words.push('nolearning');
    words.push('ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx');
    return words.join(' ');
  }
}

/** @throws NetError EEXIST the name or the VNI is taken, ENODEV no such underlay device */
export function createVxlan(namespace: NetNamespace, name: string, options: VxlanOptions): Vxlan {
  const lower = options.device === undefined ? undefined : namespace.devices.require(options.device);
  for (const device of namespace.world.vxlans(namespace)) {
    if (device.options.vni === options.vni && device.options.port === options.port) throw new NetError('EEXIST', 'A VXLAN device with the specified VNI already exists.');
  }
  // 20 IP, 8 UDP, 8 VXLAN, 14 Ethernet: what the outer packet adds.
  const mtu = options.mtu ?? (lower ? lower.mtu - 50 : 1500);
  const device = new Vxlan(namespace, name, options.mac ?? namespace.world.randomMac(), mtu, options);
  namespace.devices.add(device);
  namespace.world.addVxlan(device);
  return device;
}

/** An outer packet arrived at the VXLAN port of `underlay`; false when nobody has that port. */
export function receiveVxlan(underlay: NetNamespace, from: Ipv4, port: number, payload: VxlanPayload): boolean {
  const onPort = underlay.world.vxlans(underlay).filter((device) => device.options.port === port && device.up);
  if (onPort.length === 0) return false;
  const device = onPort.find(({ options }) => options.vni === payload.vni);
  if (!device) return true;
  // Our own frame, come back through a loop.
  if (payload.frame.from === device.mac) return true;
  if (device.options.learning) device.fdb.learn(payload.frame.from, from);
  device.namespace.receive(device, payload.frame, payload.bridged === undefined ? {} : { bridged: payload.bridged });
  return true;
}

/** The source port spreads flows over equal paths: the same flow always gets the same one. */
function flowPort(frame: Frame): number {
  const { payload } = frame;
  const ports = payload.type === 'ipv4' ? portsOf(payload) : undefined;
  const flow = payload.type === 'ipv4' ? `${payload.source}${payload.destination}${ports?.source}${ports?.destination}` : `${frame.from}${frame.to}`;
  let hash = 2166136261;
  for (let i = 0; i < flow.length; i++) hash = Math.imul(hash ^ flow.charCodeAt(i), 16777619) >>> 0;
  return 32768 + (hash % 28232);
}
