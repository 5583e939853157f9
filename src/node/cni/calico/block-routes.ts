/**
 * One node's way to the other nodes' address blocks: the tunnel device with its entries, and a route per block. Ordinary
 * Linux, nothing else. See felix/dataplane/linux/vxlan_mgr.go; for IP-in-IP and plain routes BIRD's part is done here.
 *
 * Differs from Kubernetes: routes without VXLAN appear at once; BIRD's BGP sessions, which would bring them, are not run.
 */
import { type Cidr, cidr, contains, type Ipv4, parseIpv4, printCidr } from '../../../base/address.ts';
import type { Machine } from '../../../machine/machine.ts';
import { createIpip } from '../../../net/device/ipip.ts';
import { createVxlan, type Vxlan } from '../../../net/device/vxlan.ts';
import { NetError } from '../../../net/errors.ts';
import type { Component } from '../../component.ts';
import { allNodes, internalIp } from '../node-watch.ts';
import { MTU, TUNNEL, type Encapsulation } from './encapsulation.ts';
import type { CalicoIpam } from './ipam.ts';
import { tunnelMac } from './names.ts';

const VNI = 4096;
const PORT = 4789;

const handleOf = (mode: string, node: string): string => `${mode}-tunnel-addr-${node}`;

export class BlockRoutes {
  constructor(
    private readonly component: Component,
    private readonly node: Machine,
    private readonly ipam: CalicoIpam,
    private readonly encapsulation: Encapsulation,
  ) {}

  /** The tunnel's own address, which packets of the node itself carry into it. */
  tunnelAddress(node = this.component.nodeName): Ipv4 | undefined {
    const { mode } = this.encapsulation;
    return mode === 'none' ? undefined : this.ipam.allocate(node, handleOf(mode, node), { handle: handleOf(mode, node), owner: { type: mode === 'vxlan' ? 'vxlanTunnelAddress' : 'ipipTunnelAddress' } });
  }

  /** Makes the tunnel device if it is not there, and brings it up if it is down. @returns whether there was anything to do */
  ensureTunnel(local: Ipv4): boolean {
    const { mode } = this.encapsulation;
    if (mode === 'none') return false;
    const { netns } = this.node;
    const name = TUNNEL[mode];
    const present = netns.devices.get(name);
    if (present?.up) return false;
    // Without the card under it there is no tunnel: the next look tries again.
    if (!present && !netns.devices.get('eth0')) return false;
    if (!present) this.#makeTunnel(name, local);
    netns.devices.setUp(name, true);
    return true;
  }

  /** What an earlier pool went through goes, with its address. */
  dropOtherTunnels(): void {
    const { netns } = this.node;
    for (const mode of ['vxlan', 'ipip'] as const) {
      if (mode === this.encapsulation.mode || !netns.devices.get(TUNNEL[mode])) continue;
      netns.devices.remove(TUNNEL[mode]);
      this.ipam.release(handleOf(mode, this.component.nodeName));
    }
  }

  #makeTunnel(name: string, local: Ipv4): void {
    const { netns } = this.node;
    if (this.encapsulation.mode === 'vxlan') createVxlan(netns, name, { vni: VNI, local, device: 'eth0', port: PORT, learning: false, mtu: MTU.vxlan, mac: tunnelMac(this.component.nodeName) });
    else createIpip(netns, name, { mtu: MTU.ipip });
    const address = this.tunnelAddress();
    if (address) netns.addAddress(name, cidr(`${address}/32`), { scope: 'global' });
  }

  /** For every block: the way to its node, or a blackhole under this node's own pods. */
  sync(): void {
    const { netns } = this.node;
    const protocol = this.encapsulation.mode === 'vxlan' ? '80' : 'bird';
    const addresses = new Map(allNodes(this.component).flatMap((node) => {
      const address = parseIpv4(internalIp(node) ?? '');
      return address ? [[node.metadata.name, address] as const] : [];
    }));
    for (const block of this.ipam.blocks()) {
      if (block.node === this.component.nodeName) {
        netns.routes.replace({ destination: block.cidr, type: 'blackhole', protocol });
        continue;
      }
      const peer = addresses.get(block.node);
      if (peer) this.#tryToPeer(block.node, block.cidr, peer);
    }
    const wanted = new Set(this.ipam.blocks().map((block) => printCidr(block.cidr)));
    // A node that left gives its blocks back; the way to them goes with it.
    for (const route of netns.routes.list()) {
      if (route.protocol === protocol && route.destination.prefix === 26 && !wanted.has(printCidr(route.destination))) netns.routes.delete({ destination: route.destination });
    }
  }

  /** A device that is down or gone takes no route: Felix tries again with the next look. */
  #tryToPeer(node: string, destination: Cidr, peer: Ipv4): void {
    try {
      this.#toPeer(node, destination, peer);
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
    }
  }

  #toPeer(node: string, destination: Cidr, peer: Ipv4): void {
    const { netns } = this.node;
    const { mode, crossSubnet } = this.encapsulation;
    const near = netns.addresses('eth0').some((own) => contains(own.address, peer));
    if (mode === 'none' || (crossSubnet && near)) {
      return netns.routes.replace({ destination, via: peer, device: 'eth0', ...(mode === 'vxlan' ? { onlink: true, protocol: '80' } : { protocol: 'bird' }) });
    }
    if (!netns.devices.get(TUNNEL[mode])) return;
    if (mode === 'ipip') return netns.routes.replace({ destination, via: peer, device: TUNNEL.ipip, onlink: true, protocol: 'bird' });
    const gateway = this.tunnelAddress(node)!;
    netns.neighbors.replace(gateway, TUNNEL.vxlan, tunnelMac(node), 'PERMANENT');
    (netns.devices.get(TUNNEL.vxlan) as Vxlan).fdb.replace(tunnelMac(node), peer);
    netns.routes.replace({ destination, via: gateway, device: TUNNEL.vxlan, onlink: true, protocol: 'boot' });
  }
}
