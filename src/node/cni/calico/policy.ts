/**
 * NetworkPolicies turned into what a node's kernel needs: one chain per policy and direction, one address set per selector.
 * A pure function of the cluster's objects. See libcalico-go/lib/backend/k8s/conversion and felix/rules/policy.go (v3.32).
 *
 * Differs from Kubernetes: Felix joins policies that share a selector in a group chain (cali-gi-…) and adds NFLOG rules
 * when flow logs are on; a rule with named and numbered ports is two rules here, where Felix marks its way through one.
 */
import type { KubeObject, Stored } from '../../../api/object.ts';
import { matchesLabelSelectorObject, type LabelSelector } from '../../../api/selector.ts';
import type { SetType } from '../../../net/netfilter/ipset.ts';
import { policyChain, setName } from './names.ts';

/** A pod as policies see it: one address, some labels, some named ports. */
export interface PolicyPod {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
}

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

interface PolicyRule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly Port[];
}

export interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

export interface ClusterView {
  readonly pods: readonly PolicyPod[];
  /** Labels by namespace. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly policies: readonly Stored<NetworkPolicy>[];
}

/** The chains that a pod's traffic visits, in order; undefined where no policy selects the pod for that direction. */
export interface Selected {
  readonly ingress: readonly string[];
  readonly egress: readonly string[];
}

export interface PolicyRules {
  readonly chains: ReadonlyMap<string, readonly string[]>;
  readonly sets: ReadonlyMap<string, { readonly type: SetType; readonly members: readonly string[] }>;
  /** By `namespace/name` of the pod. */
  readonly selected: ReadonlyMap<string, Selected>;
}

const DIRECTIONS = ['ingress', 'egress'] as const;
type Direction = (typeof DIRECTIONS)[number];

/** @param local `namespace/name` of the pods on this node: policies that select none of them leave no trace here */
export function policyRules(cluster: ClusterView, local: ReadonlySet<string>): PolicyRules {
  const chains = new Map<string, readonly string[]>();
  const sets = new Map<string, { type: SetType; members: readonly string[] }>();
  const selected = new Map<string, { ingress: string[]; egress: string[] }>();
  const here = cluster.pods.filter((pod) => local.has(`${pod.namespace}/${pod.name}`));
  const ordered = cluster.policies.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  for (const policy of ordered) {
    const pods = here.filter((pod) => pod.namespace === policy.metadata.namespace && matchesLabelSelectorObject(policy.spec.podSelector ?? {}, pod.labels));
    if (pods.length === 0) continue;
    for (const direction of DIRECTIONS) {
      if (!typesOf(policy).includes(direction)) continue;
      const chain = policyChain(direction === 'ingress' ? 'pi' : 'po', nameOf(policy));
      chains.set(chain, policyLines(policy, direction, { cluster, sets }));
      for (const pod of pods) {
        const key = `${pod.namespace}/${pod.name}`;
        const entry = selected.get(key) ?? { ingress: [], egress: [] };
        entry[direction].push(chain);
        selected.set(key, entry);
      }
    }
  }
  return { chains, sets, selected };
}

const nameOf = (policy: Stored<NetworkPolicy>) => `${policy.metadata.namespace}/knp.default.${policy.metadata.name}`;

/** Ingress unless told otherwise, egress when there are egress rules. */
function typesOf({ spec }: Stored<NetworkPolicy>): readonly Direction[] {
  const types = spec.policyTypes ?? ((spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
  return types.map((type) => type.toLowerCase() as Direction);
}

interface Scope {
  readonly cluster: ClusterView;
  readonly sets: Map<string, { type: SetType; members: readonly string[] }>;
}

function policyLines(policy: Stored<NetworkPolicy>, direction: Direction, scope: Scope): readonly string[] {
  const comment = `-m comment --comment "Policy ${nameOf(policy)} ${direction}"`;
  const namespace = policy.metadata.namespace ?? 'default';
  return (policy.spec[direction] ?? []).flatMap((rule) => {
    const peers = (direction === 'ingress' ? rule?.from : rule?.to) ?? [];
    const ports = portMatches(rule?.ports ?? [], scope);
    return (peers.length === 0 ? [undefined] : peers).flatMap((peer) => ports.flatMap((port) => ruleLines(peer, port, { comment, namespace, side: direction === 'ingress' ? 'src' : 'dst', scope })));
  });
}

interface PortMatch {
  readonly protocol: string | undefined;
  readonly match: string;
}

/** Numbers of one protocol share a rule, fifteen at a time (multiport takes no more; a range counts twice); a name is a set of addresses with ports. */
function portMatches(ports: readonly Port[], scope: Scope): readonly PortMatch[] {
  if (ports.length === 0) return [{ protocol: undefined, match: '' }];
  return ['TCP', 'UDP', 'SCTP'].flatMap((protocol) => {
    const mine = ports.filter((port) => (port.protocol ?? 'TCP') === protocol);
    if (mine.length === 0) return [];
    const named = mine.filter((port) => typeof port.port === 'string').map((port) => namedPortSet(port.port as string, protocol, scope));
    const words = mine.flatMap((port) => (typeof port.port === 'number' ? [port.endPort !== undefined && port.endPort > port.port ? `${port.port}:${port.endPort}` : String(port.port)] : []));
    const any = mine.some((port) => port.port === undefined);
    const lower = protocol.toLowerCase();
    return [
      ...(any ? [{ protocol: lower, match: '' }] : chunksOf(words).map((chunk) => ({ protocol: lower, match: `-m multiport --dports ${chunk.join(',')} ` }))),
      ...named.map((set) => ({ protocol: lower, match: `-m set --match-set ${set} dst,dst ` })),
    ];
  });
}

function chunksOf(words: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  let room = 0;
  for (const word of words) {
    const cost = word.includes(':') ? 2 : 1;
    if (room < cost) {
      chunks.push([]);
      room = 15;
    }
    room -= cost;
    chunks.at(-1)!.push(word);
  }
  return chunks;
}

function namedPortSet(name: string, protocol: string, { cluster, sets }: Scope): string {
  const set = setName('n', `${protocol.toLowerCase()},${name}`);
  if (!sets.has(set)) {
    const members = cluster.pods.flatMap((pod) => pod.ports.flatMap((port) => (pod.ip && port.name === name && port.protocol === protocol ? [`${pod.ip},${protocol.toLowerCase()}:${port.port}`] : [])));
    sets.set(set, { type: 'hash:ip,port', members: [...new Set(members)].sort() });
  }
  return set;
}

interface RuleScope {
  readonly comment: string;
  readonly namespace: string;
  readonly side: 'src' | 'dst';
  readonly scope: Scope;
}

const ACCEPT = '-j MARK --set-xmark 0x10000/0x10000';
const RETURN = '-m mark --mark 0x10000/0x10000 -j RETURN';

function ruleLines(peer: Peer | undefined, port: PortMatch, { comment, namespace, side, scope }: RuleScope): readonly string[] {
  const protocol = port.protocol === undefined ? '' : `-p ${port.protocol} `;
  if (!peer) return [`${protocol}${comment} ${port.match}${ACCEPT}`, RETURN];
  if (peer.ipBlock) return blockLines(peer.ipBlock, { protocol, comment, match: port.match, option: side === 'src' ? '-s' : '-d' });
  const set = selectorSet(peer, namespace, scope);
  return [`${protocol}${comment} -m set --match-set ${set} ${side} ${port.match}${ACCEPT}`, RETURN];
}

/** A rule can name one network; what it must not be in takes rules before it, which keep the answer in a mark of their own. */
function blockLines({ cidr, except = [] }: { readonly cidr: string; readonly except?: readonly string[] }, rule: { readonly protocol: string; readonly comment: string; readonly match: string; readonly option: '-s' | '-d' }): readonly string[] {
  if (cidr.includes(':')) return [];
  const here = except.filter((one) => !one.includes(':'));
  if (here.length === 0) return [`${rule.option} ${cidr} ${rule.protocol}${rule.comment} ${rule.match}${ACCEPT}`, RETURN];
  return [
    '-j MARK --set-xmark 0x0/0xc0000',
    `${rule.option} ${cidr} -j MARK --set-xmark 0x40000/0x40000`,
    ...here.map((one) => `${rule.option} ${one} -j MARK --set-xmark 0x0/0x40000`),
    `${rule.protocol}${rule.comment} ${rule.match}-m mark --mark 0x40000/0x40000 ${ACCEPT}`,
    RETURN,
  ];
}

/** Addresses of the pods that a peer means: of this namespace, unless it selects namespaces. */
function selectorSet({ podSelector, namespaceSelector }: Peer, namespace: string, { cluster, sets }: Scope): string {
  const set = setName('s', JSON.stringify([namespaceSelector ?? namespace, podSelector ?? {}]));
  if (!sets.has(set)) {
    const members = cluster.pods.flatMap((pod) => {
      const inNamespace = namespaceSelector ? matchesLabelSelectorObject(namespaceSelector, cluster.namespaces.get(pod.namespace)) : pod.namespace === namespace;
      return pod.ip && inNamespace && matchesLabelSelectorObject(podSelector ?? {}, pod.labels) ? [pod.ip] : [];
    });
    sets.set(set, { type: 'hash:net', members: [...new Set(members)].sort() });
  }
  return set;
}
