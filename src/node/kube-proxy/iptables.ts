/**
 * kube-proxy's rules in iptables mode, as the text that it feeds to iptables-restore. A pure function of the Services:
 * knows no kernel, no API. The order and the words are those of pkg/proxy/iptables/proxier.go (v1.35).
 *
 * Differs from Kubernetes: Services are written in the order of their names; the real proxier walks a Go map, whose order
 * changes with every run.
 */
import { endpointChain, serviceChain } from './chains.ts';
import type { Endpoint, ServicePort } from './service-ports.ts';

export interface ProxierConfig {
  /** Traffic from inside needs no masquerading. */
  readonly clusterCidr: string;
  readonly masqueradeAll: boolean;
}

/** Where the built-in chains lead into kube-proxy's: table, chain, arguments. Each is prepended, in this order. */
export const JUMPS: readonly (readonly [table: 'nat' | 'filter', chain: string, rule: string])[] = [
  ['filter', 'INPUT', '-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES'],
  ['filter', 'FORWARD', '-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES'],
  ['filter', 'INPUT', '-m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS'],
  ['filter', 'FORWARD', '-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['filter', 'OUTPUT', '-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['filter', 'FORWARD', '-m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD'],
  ['filter', 'INPUT', '-m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'],
  ['filter', 'OUTPUT', '-m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'],
  ['filter', 'FORWARD', '-m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'],
  ['nat', 'OUTPUT', '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['nat', 'PREROUTING', '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'],
  ['nat', 'POSTROUTING', '-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'],
];

const FILTER_CHAINS = ['KUBE-EXTERNAL-SERVICES', 'KUBE-FORWARD', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL', 'KUBE-SERVICES'];
const NAT_CHAINS = ['KUBE-MARK-MASQ', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-SERVICES'];

/** What one port of a Service contributes. */
export interface PortRules {
  readonly filter: readonly string[];
  /** Of the chains that all share: KUBE-SERVICES and KUBE-NODEPORTS. */
  readonly nat: readonly string[];
  /** Of the chains that it brings along, by chain. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

/** @param port see `servicePorts` */
export function portRules(port: ServicePort, config: ProxierConfig): PortRules {
  const out: Output = { filter: [], nat: [], chains: new Map() };
  renderPort(port, config, out);
  return out;
}

/**
 * For `iptables-restore --noflush`: the shared chains whole, and the own chains of those in `fresh`.
 * @param all every port's rules, in order
 */
export function renderIptables(all: readonly PortRules[], fresh: Iterable<PortRules>, stale: Iterable<string> = []): string {
  const filter = [
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    ...all.flatMap((one) => one.filter),
  ];
  const chains = new Map([...fresh].flatMap((one) => [...one.chains]));
  const gone = [...stale];
  const nat = [
    '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    ...all.flatMap((one) => one.nat),
    ...[...chains.values()].flat(),
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    // Emptied above, all of them, since they refer to each other.
    ...gone.map((chain) => `-X ${chain}`),
  ];
  return `${table('filter', FILTER_CHAINS, filter)}${table('nat', [...NAT_CHAINS, ...chains.keys(), ...gone], nat)}`;
}

interface Output {
  readonly filter: string[];
  readonly nat: string[];
  readonly chains: Map<string, string[]>;
}

function table(name: string, chains: readonly string[], rules: readonly string[]): string {
  return [`*${name}`, ...chains.map((chain) => `:${chain} - [0:0]`), ...rules, 'COMMIT', ''].join('\n');
}

const comment = (text: string) => `-m comment --comment "${text}"`;

function renderPort(port: ServicePort, config: ProxierConfig, out: Output): void {
  const svc = serviceChain('SVC', port.name, port.protocol);
  const svl = serviceChain('SVL', port.name, port.protocol);
  const ext = serviceChain('EXT', port.name, port.protocol);
  const reachable = [...port.externalIps, ...port.loadBalancerIps];
  const hasExternal = port.nodePort !== undefined || reachable.length > 0;
  const has = port.cluster.length > 0;
  const internalChain = port.internalLocal ? svl : svc;
  const externalChain = port.externalLocal ? svl : svc;
  const firewall = port.loadBalancerIps.length > 0 && port.sourceRanges.length > 0;
  const lbChain = firewall ? serviceChain('FW', port.name, port.protocol) : ext;
  const to = (ip: string) => `-m ${port.protocol} -p ${port.protocol} -d ${ip} --dport ${port.port}`;
  const toNodePort = `-m ${port.protocol} -p ${port.protocol} --dport ${port.nodePort}`;

  refuse(port, has, to, toNodePort, out);
  if (!has) return;

  if (!port.internalLocal || port.local.length > 0) {
    out.nat.push(`-A KUBE-SERVICES ${comment(`${port.name} cluster IP`)} ${to(port.clusterIp)} -j ${internalChain}`);
  }
  for (const ip of port.externalIps) out.nat.push(`-A KUBE-SERVICES ${comment(`${port.name} external IP`)} ${to(ip)} -j ${ext}`);
  for (const ip of port.loadBalancerIps) out.nat.push(`-A KUBE-SERVICES ${comment(`${port.name} loadbalancer IP`)} ${to(ip)} -j ${lbChain}`);
  if (port.nodePort !== undefined) {
    out.nat.push(`-A KUBE-NODEPORTS ${comment(port.name)} -d 127.0.0.0/8 ${toNodePort} -m nfacct --nfacct-name localhost_nps_accepted_pkts -j ${ext}`);
    out.nat.push(`-A KUBE-NODEPORTS ${comment(port.name)} ${toNodePort} -j ${ext}`);
  }
  if (firewall) {
    out.chains.set(lbChain, sourceRangeRules(port, lbChain, ext));
    for (const ip of port.loadBalancerIps) out.filter.push(`-A KUBE-PROXY-FIREWALL ${comment(`${port.name} traffic not accepted by ${lbChain}`)} ${to(ip)} -j DROP`);
  }
  if (port.externalLocal && port.healthCheckNodePort) out.filter.push(`-A KUBE-NODEPORTS ${comment(`${port.name} health check node port`)} -m tcp -p tcp --dport ${port.healthCheckNodePort} -j ACCEPT`);
  if (hasExternal) out.chains.set(ext, externalRules(port, config, ext, externalChain, svc));

  // Even with the Local policy outside, pods inside the cluster short-circuit to all endpoints.
  const usesCluster = !port.internalLocal || hasExternal;
  const usesLocal = (port.internalLocal || (hasExternal && port.externalLocal)) && port.local.length > 0;
  const masquerade = (chain: string) =>
    config.masqueradeAll
      ? `-A ${chain} ${comment(`${port.name} cluster IP`)} ${to(port.clusterIp)} -j KUBE-MARK-MASQ`
      : `-A ${chain} ${comment(`${port.name} cluster IP`)} ${to(port.clusterIp)} ! -s ${config.clusterCidr} -j KUBE-MARK-MASQ`;
  if (usesCluster) {
    const head = internalChain === svc ? [masquerade(svc)] : [];
    out.chains.set(svc, [...head, ...balance(port, svc, port.cluster)]);
  }
  if (usesLocal) {
    const head = internalChain === svl ? [masquerade(svl)] : [];
    out.chains.set(svl, [...head, ...balance(port, svl, port.local)]);
  }
  const endpoints = new Map([...(usesCluster ? port.cluster : []), ...(usesLocal ? port.local : [])].map((one) => [`${one.ip}:${one.port}`, one]));
  for (const endpoint of endpoints.values()) out.chains.set(...endpointRules(port, endpoint));
}

/** What has nobody behind it is refused (REJECT) or, when others elsewhere could serve it, dropped: see filter. */
function refuse(port: ServicePort, has: boolean, to: (ip: string) => string, toNodePort: string, out: Output): void {
  const reject = (chain: string, match: string, [what, how]: readonly [string, string]) =>
    out.filter.push(`-A ${chain} ${comment(`${port.name} ${what}`)} ${match} -j ${how}`);
  const none = ['has no endpoints', 'REJECT'] as const;
  const noLocal = ['has no local endpoints', 'DROP'] as const;
  if (!has) reject('KUBE-SERVICES', to(port.clusterIp), none);
  else if (port.internalLocal && port.local.length === 0) reject('KUBE-SERVICES', to(port.clusterIp), noLocal);

  const external = !has ? none : port.externalLocal && port.local.length === 0 ? noLocal : undefined;
  if (!external) return;
  for (const ip of [...port.externalIps, ...port.loadBalancerIps]) reject('KUBE-EXTERNAL-SERVICES', to(ip), external);
  if (port.nodePort !== undefined) reject('KUBE-EXTERNAL-SERVICES', `-m addrtype --dst-type LOCAL ${toNodePort}`, external);
}

function externalRules(port: ServicePort, config: ProxierConfig, ext: string, chain: string, svc: string): string[] {
  if (!port.externalLocal) {
    return [
      `-A ${ext} ${comment(`masquerade traffic for ${port.name} external destinations`)} -j KUBE-MARK-MASQ`,
      `-A ${ext} -j ${chain}`,
    ];
  }
  const rules = [
    `-A ${ext} ${comment(`pod traffic for ${port.name} external destinations`)} -s ${config.clusterCidr} -j ${svc}`,
    `-A ${ext} ${comment(`masquerade LOCAL traffic for ${port.name} external destinations`)} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
    `-A ${ext} ${comment(`route LOCAL traffic for ${port.name} external destinations`)} -m addrtype --src-type LOCAL -j ${svc}`,
  ];
  if (port.local.length > 0) rules.push(`-A ${ext} -j ${chain}`);
  return rules;
}

function sourceRangeRules(port: ServicePort, chain: string, ext: string): string[] {
  return [
    ...port.sourceRanges.map((range) => `-A ${chain} ${comment(`${port.name} loadbalancer IP`)} -s ${range} -j ${ext}`),
    `-A ${chain} ${comment(`other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`)}`,
  ];
}

/** Sticky clients first, then one endpoint in n, one in n - 1 …, the last takes what is left. */
function balance(port: ServicePort, chain: string, endpoints: readonly Endpoint[]): string[] {
  const target = (endpoint: Endpoint) => endpointChain(port.name, port.protocol, `${endpoint.ip}:${endpoint.port}`);
  const note = (endpoint: Endpoint) => comment(`${port.name} -> ${endpoint.ip}:${endpoint.port}`);
  const sticky = port.affinitySeconds === undefined ? [] : endpoints.map((endpoint) =>
    `-A ${chain} ${note(endpoint)} -m recent --name ${target(endpoint)} --rcheck --seconds ${port.affinitySeconds} --reap -j ${target(endpoint)}`);
  return [
    ...sticky,
    ...endpoints.map((endpoint, index) => {
      const left = endpoints.length - index;
      const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : '';
      return `-A ${chain} ${note(endpoint)}${chance} -j ${target(endpoint)}`;
    }),
  ];
}

function endpointRules(port: ServicePort, endpoint: Endpoint): [string, string[]] {
  const address = `${endpoint.ip}:${endpoint.port}`;
  const chain = endpointChain(port.name, port.protocol, address);
  const remember = port.affinitySeconds === undefined ? '' : ` -m recent --name ${chain} --set`;
  return [chain, [
    // Hairpin: a pod that reaches itself through the Service must see the answer come from the Service.
    `-A ${chain} ${comment(port.name)} -s ${endpoint.ip} -j KUBE-MARK-MASQ`,
    `-A ${chain} ${comment(port.name)}${remember} -m ${port.protocol} -p ${port.protocol} -j DNAT --to-destination ${address}`,
  ]];
}
