/**
 * kube-proxy's few rules in IPVS mode, as the text that it feeds to iptables-restore: the balancing itself is the kernel's.
 * A pure function of what is in the sets. The order is that of pkg/proxy/ipvs/proxier.go (writeIptablesRules).
 */
import type { ProxierConfig } from './iptables.ts';
import { IPVS_SETS, type IpvsSetName, type SetEntries } from './ipvs-sets.ts';

/** Where the built-in chains lead into kube-proxy's: table, chain, arguments. Each is prepended, in this order. */
export const IPVS_JUMPS: readonly (readonly [table: 'nat' | 'filter', chain: string, rule: string])[] = [
  ['nat', 'OUTPUT', '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['nat', 'PREROUTING', '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['nat', 'POSTROUTING', '-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'],
  ['filter', 'FORWARD', '-m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD'],
  ['filter', 'INPUT', '-m comment --comment "kubernetes health check rules" -j KUBE-NODE-PORT'],
  ['filter', 'INPUT', '-m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL'],
  ['filter', 'FORWARD', '-m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL'],
  ['filter', 'INPUT', '-m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER'],
  ['filter', 'OUTPUT', '-m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-OUT-FILTER'],
];

export const IPVS_CHAINS = {
  nat: ['KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER', 'KUBE-MARK-MASQ'],
  filter: ['KUBE-FORWARD', 'KUBE-NODE-PORT', 'KUBE-PROXY-FIREWALL', 'KUBE-SOURCE-RANGES-FIREWALL', 'KUBE-IPVS-FILTER', 'KUBE-IPVS-OUT-FILTER'],
} as const;

/** Sets that lead from one chain to another, each only while it holds something. */
const LED_BY_SETS: readonly (readonly [set: IpvsSetName, table: 'nat' | 'filter', from: string, to: string, flags: string, protocol: string])[] = [
  ['KUBE-LOOP-BACK', 'nat', 'KUBE-POSTROUTING', 'MASQUERADE', 'dst,dst,src', ''],
  ['KUBE-LOAD-BALANCER', 'nat', 'KUBE-SERVICES', 'KUBE-LOAD-BALANCER', 'dst,dst', ''],
  ['KUBE-LOAD-BALANCER-LOCAL', 'nat', 'KUBE-LOAD-BALANCER', 'RETURN', 'dst,dst', ''],
  ['KUBE-NODE-PORT-LOCAL-TCP', 'nat', 'KUBE-NODE-PORT', 'RETURN', 'dst', 'tcp'],
  ['KUBE-NODE-PORT-TCP', 'nat', 'KUBE-NODE-PORT', 'KUBE-MARK-MASQ', 'dst', 'tcp'],
  ['KUBE-NODE-PORT-LOCAL-UDP', 'nat', 'KUBE-NODE-PORT', 'RETURN', 'dst', 'udp'],
  ['KUBE-NODE-PORT-UDP', 'nat', 'KUBE-NODE-PORT', 'KUBE-MARK-MASQ', 'dst', 'udp'],
  ['KUBE-NODE-PORT-LOCAL-SCTP-HASH', 'nat', 'KUBE-NODE-PORT', 'RETURN', 'dst,dst', 'sctp'],
  ['KUBE-NODE-PORT-SCTP-HASH', 'nat', 'KUBE-NODE-PORT', 'KUBE-MARK-MASQ', 'dst,dst', 'sctp'],
  ['KUBE-LOAD-BALANCER-FW', 'filter', 'KUBE-PROXY-FIREWALL', 'KUBE-SOURCE-RANGES-FIREWALL', 'dst,dst', ''],
  ['KUBE-LOAD-BALANCER-SOURCE-CIDR', 'filter', 'KUBE-SOURCE-RANGES-FIREWALL', 'RETURN', 'dst,dst,src', ''],
  ['KUBE-LOAD-BALANCER-SOURCE-IP', 'filter', 'KUBE-SOURCE-RANGES-FIREWALL', 'RETURN', 'dst,dst,src', ''],
];

const member = (set: IpvsSetName, flags: string) => `-m set --match-set ${set} ${flags}`;
const about = (set: IpvsSetName) => `-m comment --comment "${IPVS_SETS[set][1]}"`;

export function renderIpvs(entries: SetEntries, config: ProxierConfig): string {
  const holds = (set: IpvsSetName) => (entries.get(set)?.size ?? 0) > 0;
  const nat: string[] = ['-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN'];
  const filter: string[] = [];
  for (const [set, table, from, to, flags, protocol] of LED_BY_SETS) {
    if (holds(set)) (table === 'nat' ? nat : filter).push(`-A ${from} ${protocol ? `-p ${protocol} ` : ''}${about(set)} ${member(set, flags)} -j ${to}`);
  }
  if (holds('KUBE-CLUSTER-IP')) {
    const [flags, from] = config.masqueradeAll ? ['dst,dst', ''] : config.clusterCidr ? ['dst,dst', ` ! -s ${config.clusterCidr}`] : ['src,dst', ''];
    nat.push(`-A KUBE-SERVICES ${about('KUBE-CLUSTER-IP')} ${member('KUBE-CLUSTER-IP', flags)}${from} -j KUBE-MARK-MASQ`);
  }
  if (holds('KUBE-EXTERNAL-IP')) nat.push(`-A KUBE-SERVICES ${about('KUBE-EXTERNAL-IP')} ${member('KUBE-EXTERNAL-IP', 'dst,dst')} -j KUBE-MARK-MASQ`, ...externalIpRules('KUBE-EXTERNAL-IP'));
  if (holds('KUBE-EXTERNAL-IP-LOCAL')) nat.push(...externalIpRules('KUBE-EXTERNAL-IP-LOCAL'));
  nat.push('-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT', '-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ');
  filter.push('-A KUBE-SOURCE-RANGES-FIREWALL -j DROP');
  // At the end of the chain: nothing behind it may undo what the balancer will do.
  for (const set of ['KUBE-CLUSTER-IP', 'KUBE-LOAD-BALANCER'] as const) if (holds(set)) nat.push(`-A KUBE-SERVICES ${member(set, 'dst,dst')} -j ACCEPT`);
  filter.push(
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    `-A KUBE-NODE-PORT ${about('KUBE-HEALTH-CHECK-NODE-PORT')} ${member('KUBE-HEALTH-CHECK-NODE-PORT', 'dst')} -j ACCEPT`,
    // Ports of the host must not be reached through the addresses of Services.
    ...(['KUBE-LOAD-BALANCER', 'KUBE-CLUSTER-IP', 'KUBE-EXTERNAL-IP', 'KUBE-EXTERNAL-IP-LOCAL'] as const).map((set) => `-A KUBE-IPVS-FILTER ${member(set, 'dst,dst')} -j RETURN`),
    `-A KUBE-IPVS-FILTER ${member('KUBE-HEALTH-CHECK-NODE-PORT', 'dst')} -j RETURN`,
    `-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW ${member('KUBE-IPVS-IPS', 'dst')} -j REJECT`,
  );
  nat.push(
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
  );
  const table = (name: 'nat' | 'filter', rules: readonly string[]) => [`*${name}`, ...IPVS_CHAINS[name].map((chain) => `:${chain} - [0:0]`), ...rules, 'COMMIT', ''].join('\n');
  return table('nat', nat) + table('filter', filter);
}

/** What comes from off this machine is for the Service; so is what this machine has for its own address. */
function externalIpRules(set: IpvsSetName): readonly string[] {
  const rule = `-A KUBE-SERVICES ${about(set)} ${member(set, 'dst,dst')}`;
  return [`${rule} -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT`, `${rule} -m addrtype --dst-type LOCAL -j ACCEPT`];
}
