/** What NetworkPolicies mean, said once more without rules or sets: the judge of the truth table. Written from the API's documentation. */
import type { LabelSelector } from '../../../src/api/selector.ts';

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  ip: string;
}

export interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol?: string; port?: number | string; endPort?: number }[];
}

export interface Policy {
  namespace: string;
  podSelector: LabelSelector;
  policyTypes?: string[];
  ingress?: Rule[];
  egress?: Rule[];
}

export interface Probe {
  readonly from: Pod;
  readonly to: Pod;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** Names of ports that every pod of the grid gives. */
export const NAMED: Record<string, number> = { http: 80, alt: 81, dns: 53 };

export function isAllowed(policies: readonly Policy[], probe: Probe, namespaces: Readonly<Record<string, Record<string, string>>>): boolean {
  return side(policies, probe, 'Egress', namespaces) && side(policies, probe, 'Ingress', namespaces);
}

function side(policies: readonly Policy[], probe: Probe, type: 'Ingress' | 'Egress', namespaces: Readonly<Record<string, Record<string, string>>>): boolean {
  const subject = type === 'Ingress' ? probe.to : probe.from;
  const other = type === 'Ingress' ? probe.from : probe.to;
  const about = policies.filter((policy) => {
    const types = policy.policyTypes ?? (policy.egress && policy.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
    return types.includes(type) && policy.namespace === subject.namespace && selects(policy.podSelector, subject.labels);
  });
  if (about.length === 0) return true;
  return about.some((policy) =>
    ((type === 'Ingress' ? policy.ingress : policy.egress) ?? []).some((rule) => {
      const peers = (type === 'Ingress' ? rule.from : rule.to) ?? [];
      return (peers.length === 0 || peers.some((peer) => isPeer(peer, policy, other, namespaces))) && portFits(rule, probe);
    }),
  );
}

function isPeer(peer: Peer, policy: Policy, pod: Pod, namespaces: Readonly<Record<string, Record<string, string>>>): boolean {
  if (peer.ipBlock) return within(peer.ipBlock.cidr, pod.ip) && !(peer.ipBlock.except ?? []).some((one) => within(one, pod.ip));
  const rightNamespace = peer.namespaceSelector ? selects(peer.namespaceSelector, namespaces[pod.namespace] ?? {}) : pod.namespace === policy.namespace;
  return rightNamespace && (peer.podSelector === undefined || selects(peer.podSelector, pod.labels));
}

function portFits({ ports = [] }: Rule, { protocol, port }: Probe): boolean {
  return ports.length === 0 || ports.some((one) => {
    if ((one.protocol ?? 'TCP') !== protocol) return false;
    if (one.port === undefined) return true;
    if (typeof one.port === 'string') return NAMED[one.port] === port && (one.port === 'dns') === (protocol === 'UDP');
    return port >= one.port && port <= (one.endPort ?? one.port);
  });
}

function selects(selector: LabelSelector, labels: Record<string, string>): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return equal && (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    return (value !== undefined && values.includes(value)) === (operator === 'In');
  });
}

function within(network: string, ip: string): boolean {
  const [base = '', length = '32'] = network.split('/');
  const bits = (address: string) => address.split('.').map((octet) => Number(octet).toString(2).padStart(8, '0')).join('');
  return bits(base).slice(0, Number(length)) === bits(ip).slice(0, Number(length));
}
