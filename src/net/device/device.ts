/**
 * What every network device has, whatever its kind: Linux's struct net_device. A kind adds how a frame leaves it.
 * Knows nothing of routes and addresses.
 */
import type { Mac } from '../../base/address.ts';
import type { Carried } from '../in-flight.ts';
import type { NetNamespace } from '../namespace.ts';
import { type Frame, frameSize, sizeOf } from '../packet.ts';

/** The word behind `type` in `ip link add`. */
export type DeviceKind = 'veth' | 'bridge' | 'vxlan' | 'ipip' | 'dummy' | 'loopback';

/** What `ip -s link` prints. */
export interface Counters {
  rxPackets: number;
  rxBytes: number;
  txPackets: number;
  txBytes: number;
  rxDropped: number;
  txDropped: number;
}

/** XMIT_RECURSION_LIMIT: how many devices deep a frame may be handed on before one of them is a wire. */
const RECURSION_LIMIT = 8;

/** The part that is the same for every kind. */
export abstract class Device {
  abstract readonly kind: DeviceKind;
  readonly counters: Counters = { rxPackets: 0, rxBytes: 0, txPackets: 0, txBytes: 0, rxDropped: 0, txDropped: 0 };
  /** Set by `Devices` only: an index never changes while a device stays in its namespace. */
  index = 0;
  up = false;
  /** Whether somebody chose the MAC: a bridge then stops taking it from its ports. */
  macChosen = false;
  master: Device | undefined;
  promiscuous = false;
  /** `ip link set … arp off`. */
  noArp = false;

  constructor(
    public namespace: NetNamespace,
    public name: string,
    public mac: Mac,
    public mtu: number,
  ) {}

  /** Hand a frame to the wire. What the far end is, only the device knows. */
  transmit(frame: Frame, carried: Carried = {}): void {
    const { counters, namespace } = this;
    if (!this.up) {
      counters.txDropped++;
      return namespace.dropped(frame, 'device-down', this);
    }
    if (!this.carrier) {
      counters.txDropped++;
      return namespace.dropped(frame, 'no-carrier', this);
    }
    counters.txPackets++;
    counters.txBytes += frameSize(frame);
    namespace.tap('out', this, frame);
    const { world } = namespace;
    // Tunnels whose outer packets enter each other (dev_xmit_recursion).
    if (world.transmitting > RECURSION_LIMIT) return namespace.dropped(frame, 'tunnel-loop', this);
    world.transmitting++;
    try {
      this.send(frame, carried);
    } finally {
      world.transmitting--;
    }
  }

  protected abstract send(frame: Frame, carried: Carried): void;

  /** Whether the other end of the wire is there. */
  get carrier(): boolean {
    return this.up;
  }

  /** Devices that resolve neighbours by ARP. Loopback and tunnels of IP in IP do not. */
  get arp(): boolean {
    return !this.noArp;
  }

  /** Index of the device at the other end, printed after the `@`. */
  get peerIndex(): number | undefined {
    return undefined;
  }

  /** The namespace of that device, when it is another one. */
  get linkNamespace(): NetNamespace | undefined {
    return undefined;
  }

  /** Operational state as `ip link` prints it (RFC 2863). */
  get operState(): 'UP' | 'DOWN' | 'LOWERLAYERDOWN' | 'UNKNOWN' {
    return this.up ? 'UNKNOWN' : 'DOWN';
  }

  /** Whoever queues what is to be sent: `noop` as long as nothing may be. */
  get qdisc(): string {
    return this.up ? 'noqueue' : 'noop';
  }

  /** Made by `ip link add`, so that `type` finds it; a card that was built in is not. */
  get isVirtual(): boolean {
    return this.kind !== 'loopback';
  }

  /** What `ip link` prints between the angle brackets. */
  flags(): readonly string[] {
    return [
      ...(this.up && !this.carrier ? ['NO-CARRIER'] : []),
      ...this.ownFlags(),
      ...(this.noArp && !this.ownFlags().includes('NOARP') ? ['NOARP'] : []),
      ...(this.promiscuous ? ['PROMISC'] : []),
      ...(this.up ? ['UP'] : []),
      ...(this.carrier ? ['LOWER_UP'] : []),
    ];
  }

  protected ownFlags(): readonly string[] {
    return ['BROADCAST', 'MULTICAST'];
  }

  /** The first word after `link/`. */
  get linkType(): 'ether' | 'loopback' | 'ipip' {
    return 'ether';
  }

  /** The extra words `ip -d link show` prints: `vxlan id 10 dstport 4789 …`. */
  abstract details(): string;

  /** Called after `up`, MAC, MTU or a port changed. */
  changed(): void {}

  /** Called when the device leaves the world; the other end of a pair goes with it. */
  removed(): void {}
}

/** What a tag of a VLAN adds: so much longer than the MTU a frame may be and still be taken. */
const TAG_SIZE = 4;

/**
 * Whether a frame that `from` could carry fits through `to`; nobody is told when it does not (is_skb_forwardable).
 * One that is larger than what it came through stands for its fragments.
 */
export function fitsThrough({ payload }: Frame, from: Device, to: Device): boolean {
  if (payload.type !== 'ipv4') return true;
  const size = sizeOf(payload);
  return size > from.mtu || size <= to.mtu + TAG_SIZE;
}
