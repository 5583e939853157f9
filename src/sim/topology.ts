/** The machines of a cluster: names as kind gives them, addresses on one underlay network, versions. */
import { cidr, fromNumber, ipv4, networkOf, toNumber, type Cidr, type Ipv4 } from '../base/address.ts';
import type { Rng } from '../base/rng.ts';

export interface TopologyOptions {
  /** `cka-lab`: nodes are `cka-lab-control-plane`, `cka-lab-worker`, `cka-lab-worker2` … */
  readonly name: string;
  readonly workers: number;
  readonly cni: 'calico' | 'flannel';
  readonly proxyMode: 'iptables' | 'ipvs' | 'nftables';
  /** How pods' packets cross the underlay; VXLAN unless given. Flannel knows `vxlan` and `none`, which it calls host-gw. */
  readonly encapsulation?: Encapsulation;
}

export type Encapsulation = 'vxlan' | 'vxlan-cross-subnet' | 'ipip' | 'none';

export interface NodePlan {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly address: Ipv4;
}

/** What Docker gives a `kind` network on most machines. */
export const UNDERLAY: Cidr = cidr('172.18.0.0/16');
export const UNDERLAY_GATEWAY: Ipv4 = ipv4('172.18.0.1');
export const POD_CIDR: Cidr = cidr('10.244.0.0/16');
export const SERVICE_CIDR: Cidr = cidr('10.96.0.0/16');
export const API_SERVICE_IP: Ipv4 = ipv4('10.96.0.1');
export const DNS_SERVICE_IP: Ipv4 = ipv4('10.96.0.10');
/** Machines beside every cluster, for networking by hand; see `machines.ts`. */
export const PLAIN_MACHINES: ReadonlyMap<string, Ipv4> = new Map([['node-0', ipv4('192.168.64.4')], ['node-1', ipv4('192.168.64.5')], ['node-2', ipv4('192.168.64.6')]]);
export const KUBERNETES_VERSION = 'v1.35.0';

/** Containers start side by side, so the order of addresses is not the order of names: as with kind, nobody may count on it. */
export function planNodes(options: TopologyOptions, rng: Rng): readonly NodePlan[] {
  const names = nodeNames(options).map((name, index) => ({ name, role: index === 0 ? ('control-plane' as const) : ('worker' as const) }));
  const hosts = names.map((_, index) => index + 2);
  for (let i = hosts.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [hosts[i], hosts[j]] = [hosts[j]!, hosts[i]!];
  }
  return names.map((node, index) => ({ ...node, address: fromNumber(toNumber(networkOf(UNDERLAY)) + hosts[index]!) }));
}

/** As kind calls them: the control plane, then the workers. */
export const nodeNames = ({ name, workers }: Pick<TopologyOptions, 'name' | 'workers'>): readonly string[] => [
  `${name}-control-plane`,
  ...Array.from({ length: workers }, (_, index) => `${name}-worker${index === 0 ? '' : index + 1}`),
];
