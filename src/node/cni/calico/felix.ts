/**
 * Felix on one node: keeps the tunnel device, the routes to the other nodes' blocks and the rules for the node's pods in
 * step with the cluster. What it does is ordinary Linux: devices, routes, neighbour entries, iptables-restore.
 * See felix/dataplane/linux (vxlan_mgr.go, endpoint_mgr.go).
 */
import { cidr, ipv4, parseIpv4, printCidr, type Ipv4 } from '../../../base/address.ts';
import type { Disposer } from '../../../base/clock.ts';
import type { KubeObject, Stored } from '../../../api/object.ts';
import type { Machine } from '../../../machine/machine.ts';
import { createVxlan, type Vxlan } from '../../../net/device/vxlan.ts';
import { restore } from '../../../programs/iptables/restore.ts';
import type { Component } from '../../component.ts';
import { allNodes, announce, internalIp, ownNode } from '../node-watch.ts';
import type { CalicoIpam } from './ipam.ts';
import { tunnelMac } from './names.ts';
import { felixRules, type FelixRules, type Workload } from './rules.ts';

const DEVICE = 'vxlan.calico';
const VNI = 4096;
const PORT = 4789;
/** Felix looks its routes and rules over at this interval and mends what others changed. */
const REFRESH_MS = 90_000;

interface PodObject extends KubeObject {
  spec?: { nodeName?: string; hostNetwork?: boolean; serviceAccountName?: string };
  status?: { phase?: string; podIP?: string };
}

export class Felix {
  #stops: Disposer[] = [];
  #pending: Disposer | undefined;
  #written = '';
  #inSync = false;

  constructor(
    private readonly component: Component,
    private readonly node: Machine,
    private readonly ipam: CalicoIpam,
  ) {}

  /** Whether it runs and has written everything once: what the readiness probe asks. */
  get ready(): boolean {
    return this.#inSync;
  }

  start(): void {
    const own = ownNode(this.component);
    const address = own && internalIp(own);
    if (!address) return this.#later(1000, () => this.start());
    this.#tunnel(ipv4(address));
    this.node.netns.sysctl.set('net.ipv4.ip_forward', '1');
    this.node.files.mkdir('/var/lib/calico', { recursive: true });
    this.node.files.write('/var/lib/calico/nodename', this.component.nodeName);
    const tunnelIp = this.ipam.allocate(this.component.nodeName, `vxlan-tunnel-addr-${this.component.nodeName}`)!;
    announce(
      this.component,
      { 'projectcalico.org/IPv4Address': `${address}/16`, 'projectcalico.org/IPv4VXLANTunnelAddr': tunnelIp },
      'CalicoIsUp',
      'Calico is running on this node',
    );
    const ask = () => this.#later(0, () => this.#sync(false));
    this.#stops.push(
      this.component.registry.watch('nodes', {}, ask),
      this.component.registry.watch('pods', { fieldSelector: `spec.nodeName=${this.component.nodeName}` }, ask),
      this.ipam.onClaim(ask),
    );
    this.#refreshForever();
    this.#sync(true);
  }

  /** The process ends; what it wrote into the kernel stays. */
  stop(): void {
    this.#inSync = false;
    this.#pending?.();
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #later(delayMs: number, run: () => void): void {
    this.#pending ??= this.component.clock.schedule(delayMs, () => {
      this.#pending = undefined;
      run();
    });
  }

  #refreshForever(): void {
    const cancel = this.component.clock.schedule(REFRESH_MS, () => {
      this.#stops = this.#stops.filter((stop) => stop !== cancel);
      this.#sync(true);
      this.#refreshForever();
    });
    this.#stops.push(cancel);
  }

  #tunnel(local: Ipv4): Vxlan {
    const devices = this.node.netns.devices;
    const known = devices.get(DEVICE);
    if (known) return known as Vxlan;
    const device = createVxlan(this.node.netns, DEVICE, { vni: VNI, local, device: 'eth0', port: PORT, learning: false, mtu: 1450, mac: tunnelMac(this.component.nodeName) });
    const address = this.ipam.allocate(this.component.nodeName, `vxlan-tunnel-addr-${this.component.nodeName}`);
    if (address) this.node.netns.addAddress(DEVICE, cidr(`${address}/32`), { scope: 'global' });
    devices.setUp(DEVICE, true);
    return device;
  }

  #sync(refresh: boolean): void {
    this.#routes();
    this.#rules(refresh);
    this.#inSync = true;
  }

  /** For every block: a route through the tunnel to its node, or a blackhole under this node's own pods. */
  #routes(): void {
    const netns = this.node.netns;
    const device = netns.devices.get(DEVICE) as Vxlan | undefined;
    if (!device) return;
    const wanted = new Set<string>();
    for (const block of this.ipam.blocks()) {
      wanted.add(printCidr(block.cidr));
      if (block.node === this.component.nodeName) {
        netns.routes.replace({ destination: block.cidr, type: 'blackhole', protocol: '80' });
        continue;
      }
      const peer = allNodes(this.component).find((node) => node.metadata.name === block.node);
      const peerAddress = parseIpv4((peer && internalIp(peer)) ?? '');
      if (!peerAddress) continue;
      const gateway = this.ipam.allocate(block.node, `vxlan-tunnel-addr-${block.node}`)!;
      netns.neighbors.replace(gateway, DEVICE, tunnelMac(block.node), 'PERMANENT');
      device.fdb.replace(tunnelMac(block.node), peerAddress);
      netns.routes.replace({ destination: block.cidr, via: gateway, device: DEVICE, onlink: true, protocol: 'boot' });
    }
  }

  #rules(refresh: boolean): void {
    const rules = felixRules(this.#workloads());
    const sets = this.#sets();
    const text = render(rules);
    if (!refresh && text + sets === this.#written) return;
    this.#written = text + sets;
    restore(this.node.netns.netfilter, text, { noFlush: true });
    this.#hook(rules);
    this.#dropStale(rules);
  }

  #workloads(): readonly Workload[] {
    const pods = this.component.registry.list('pods', { fieldSelector: `spec.nodeName=${this.component.nodeName}` }).items as readonly Stored<PodObject>[];
    return pods
      .filter((pod) => !pod.spec?.hostNetwork && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')
      .map((pod) => ({ namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, serviceAccount: pod.spec?.serviceAccountName ?? 'default' }))
      .sort((a, b) => (`${a.namespace}/${a.pod}` < `${b.namespace}/${b.pod}` ? -1 : 1));
  }

  /** The sets that the rules name; written before the rules, since a rule cannot name a set that is not there. */
  #sets(): string {
    const sets = this.node.netns.netfilter.sets;
    const nodes = allNodes(this.component).flatMap((node) => internalIp(node) ?? []).sort();
    const own = ownNode(this.component);
    const members: Record<string, readonly string[]> = {
      'cali40all-ipam-pools': [printCidr(this.ipam.pool)],
      'cali40masq-ipam-pools': [printCidr(this.ipam.pool)],
      'cali40all-vxlan-net': nodes.filter((address) => address !== (own && internalIp(own))),
    };
    for (const [name, entries] of Object.entries(members)) sets.replace(name, 'hash:net', entries);
    return JSON.stringify(members);
  }

  #hook(rules: FelixRules): void {
    for (const [table, chain, where, rule] of rules.hooks) {
      const id = /cali:[^"]+/.exec(rule)![0];
      const present = this.node.netns.netfilter.table(table)?.chains.get(chain)?.rules.some((one) => one.toArgs().includes(id)) ?? false;
      if (!present) restore(this.node.netns.netfilter, `*${table}\n${where === 'first' ? '-I' : '-A'} ${chain} ${rule}\nCOMMIT\n`, { noFlush: true });
    }
  }

  #dropStale(rules: FelixRules): void {
    for (const table of ['filter', 'nat'] as const) {
      const stale = (this.node.netns.netfilter.table(table)?.chains.list() ?? []).map((chain) => chain.name).filter((name) => name.startsWith('cali-') && !rules.tables[table].has(name));
      // All are emptied before any is deleted: a chain that another one still names is busy.
      const lines = [...stale.map((name) => `:${name} - [0:0]`), ...stale.map((name) => `-X ${name}`)];
      if (stale.length > 0) restore(this.node.netns.netfilter, `*${table}\n${lines.join('\n')}\nCOMMIT\n`, { noFlush: true });
    }
  }
}

function render(rules: FelixRules): string {
  return Object.entries(rules.tables)
    .filter(([, chains]) => chains.size > 0)
    .map(([table, chains]) => [
      `*${table}`,
      ...[...chains.keys()].map((chain) => `:${chain} - [0:0]`),
      ...[...chains].flatMap(([chain, lines]) => lines.map((line) => `-A ${chain} ${line}`)),
      'COMMIT',
      '',
    ].join('\n'))
    .join('');
}
