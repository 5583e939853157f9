/**
 * A tunnel of IP in IP (RFC 2003): `tunl0`, which sends to the next hop of the route, or one with a fixed remote end.
 * Calico's IPIP mode routes other nodes' pods over it. See net/ipv4/ipip.c, ip_tunnel.c.
 */
import { ANY, type Ipv4, ZERO_MAC } from '../../base/address.ts';
import type { Carried } from '../in-flight.ts';
import type { NetNamespace } from '../namespace.ts';
import type { Frame, Ipv4Packet } from '../packet.ts';
import { Device } from './device.ts';

/** One tunnel. */
export class Ipip extends Device {
  readonly kind = 'ipip';
  local: Ipv4 = ANY;
  remote: Ipv4 = ANY;

  protected send(frame: Frame, carried: Carried): void {
    const inner = frame.payload;
    if (inner.type !== 'ipv4') return;
    const destination = this.remote === ANY ? carried.nextHop : this.remote;
    if (!destination) return this.namespace.dropped(inner, 'no-destination', this);
    this.namespace.send(
      { type: 'ipv4', source: this.local, destination, ttl: 64, dontFragment: inner.dontFragment ?? false, payload: { protocol: 'ipip', inner } },
      { mark: carried.mark ?? 0, from: this },
    );
  }

  override get arp(): boolean {
    return false;
  }

  override get linkType(): 'ipip' {
    return 'ipip';
  }

  protected override ownFlags(): readonly string[] {
    return [...(this.remote === ANY ? [] : ['POINTOPOINT']), 'NOARP'];
  }

  details(): string {
    const end = (address: Ipv4) => (address === ANY ? 'any' : address);
    return `ipip any remote ${end(this.remote)} local ${end(this.local)} ttl inherit nopmtudisc`;
  }
}

/** @throws NetError EEXIST */
export function createIpip(namespace: NetNamespace, name: string, options: { readonly local?: Ipv4; readonly remote?: Ipv4; readonly mtu?: number } = {}): Ipip {
  const device = new Ipip(namespace, name, ZERO_MAC, options.mtu ?? 1480);
  device.local = options.local ?? ANY;
  device.remote = options.remote ?? ANY;
  namespace.devices.add(device);
  return device;
}

/** An outer packet arrived: the tunnel with this very pair of ends, else one that takes any (ip_tunnel_lookup). */
export function receiveIpip(namespace: NetNamespace, outer: Ipv4Packet, inner: Ipv4Packet, mark: number): boolean {
  const tunnels = namespace.devices.list().filter((device): device is Ipip => device instanceof Ipip && device.up);
  const fits = (mine: Ipv4, theirs: Ipv4) => mine === ANY || mine === theirs;
  const score = (tunnel: Ipip) => (tunnel.remote === ANY ? 0 : 2) + (tunnel.local === ANY ? 0 : 1);
  const [tunnel] = tunnels.filter((device) => fits(device.remote, outer.source) && fits(device.local, outer.destination)).sort((a, b) => score(b) - score(a));
  if (!tunnel) return false;
  namespace.receive(tunnel, { from: ZERO_MAC, to: ZERO_MAC, payload: inner }, { mark });
  return true;
}
