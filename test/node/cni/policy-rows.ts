/** The policies of the truth table: those that people write, and seeded random ones for what nobody thinks of. */
import type { LabelSelector } from '../../../src/api/selector.ts';
import { seededRng, type Rng } from '../../../src/base/rng.ts';
import type { Peer, Policy, Rule } from './policy-oracle.ts';

export interface Row {
  readonly title: string;
  readonly policies: readonly Policy[];
}

const pod = (name: string): LabelSelector => ({ matchLabels: { pod: name } });
const ns = (name: string): LabelSelector => ({ matchLabels: { ns: name } });
const all: LabelSelector = {};
const on = (namespace: string, podSelector: LabelSelector, rest: Omit<Policy, 'namespace' | 'podSelector'>): Policy => ({ namespace, podSelector, ...rest });
const tcp80 = { protocol: 'TCP', port: 80 };
const dns = { protocol: 'UDP', port: 53 };

/** @param cidrOf an address of the grid as a network of its own */
export function writtenRows(cidrOf: (pod: string) => string): readonly Row[] {
  return [
    { title: 'no policy: everything goes', policies: [] },
    { title: 'default deny of ingress', policies: [on('x', all, {})] },
    { title: 'default deny of egress', policies: [on('x', all, { policyTypes: ['Egress'] })] },
    { title: 'default deny both ways', policies: [on('x', all, { policyTypes: ['Ingress', 'Egress'] })] },
    { title: 'empty rule: all ingress allowed', policies: [on('x', all, { ingress: [{}] })] },
    { title: 'empty rule: all egress allowed', policies: [on('x', all, { policyTypes: ['Egress'], egress: [{}] })] },
    { title: 'deny one pod only', policies: [on('x', pod('a'), {})] },
    { title: 'policy selects nobody', policies: [on('x', pod('nobody'), {})] },
    { title: 'allow one pod of the namespace', policies: [on('x', pod('a'), { ingress: [{ from: [{ podSelector: pod('b') }] }] })] },
    { title: 'allow all pods of the namespace', policies: [on('x', all, { ingress: [{ from: [{ podSelector: all }] }] })] },
    { title: 'allow from another namespace', policies: [on('x', pod('a'), { ingress: [{ from: [{ namespaceSelector: ns('y') }] }] })] },
    { title: 'allow from every namespace', policies: [on('x', pod('a'), { ingress: [{ from: [{ namespaceSelector: all }] }] })] },
    { title: 'namespace AND pod in one peer', policies: [on('x', pod('a'), { ingress: [{ from: [{ namespaceSelector: ns('y'), podSelector: pod('b') }] }] })] },
    { title: 'namespace OR pod in two peers', policies: [on('x', pod('a'), { ingress: [{ from: [{ namespaceSelector: ns('y') }, { podSelector: pod('b') }] }] })] },
    { title: 'from nobody: a selector that fits no pod', policies: [on('x', pod('a'), { ingress: [{ from: [{ podSelector: pod('nobody') }] }] })] },
    { title: 'one port', policies: [on('x', pod('a'), { ingress: [{ ports: [tcp80] }] })] },
    { title: 'one port from one pod', policies: [on('x', pod('a'), { ingress: [{ from: [{ podSelector: pod('b') }], ports: [tcp80] }] })] },
    { title: 'named port', policies: [on('x', all, { ingress: [{ ports: [{ port: 'http' }] }] })] },
    { title: 'named port of another protocol than the rule says', policies: [on('x', all, { ingress: [{ ports: [{ protocol: 'UDP', port: 'http' }] }] })] },
    { title: 'named UDP port', policies: [on('x', all, { ingress: [{ ports: [{ protocol: 'UDP', port: 'dns' }] }] })] },
    { title: 'named and numbered port in one rule', policies: [on('x', all, { ingress: [{ ports: [{ port: 'http' }, { port: 81 }] }] })] },
    { title: 'a range of ports', policies: [on('x', all, { ingress: [{ ports: [{ port: 80, endPort: 81 }] }] })] },
    { title: 'a range that begins above', policies: [on('x', all, { ingress: [{ ports: [{ port: 81, endPort: 90 }] }] })] },
    { title: 'any port of one protocol', policies: [on('x', all, { ingress: [{ ports: [{ protocol: 'UDP' }] }] })] },
    { title: 'SCTP only: neither TCP nor UDP', policies: [on('x', all, { ingress: [{ ports: [{ protocol: 'SCTP', port: 80 }] }] })] },
    { title: 'TCP and UDP ports in one rule', policies: [on('x', all, { ingress: [{ ports: [tcp80, dns] }] })] },
    { title: 'more ports than multiport takes', policies: [on('x', all, { ingress: [{ ports: [...Array.from({ length: 17 }, (_, index) => ({ port: 1000 + index })), { port: 81 }] }] })] },
    { title: 'two policies add up', policies: [on('x', pod('a'), { ingress: [{ from: [{ podSelector: pod('b') }] }] }), on('x', pod('a'), { ingress: [{ from: [{ namespaceSelector: ns('z') }] }] })] },
    { title: 'deny all beside an allowance', policies: [on('x', all, {}), on('x', pod('a'), { ingress: [{ ports: [tcp80] }] })] },
    { title: 'egress to one pod', policies: [on('x', pod('a'), { policyTypes: ['Egress'], egress: [{ to: [{ podSelector: pod('b') }] }] })] },
    { title: 'egress rules imply the type', policies: [on('x', pod('a'), { egress: [{ to: [{ podSelector: pod('b') }] }] })] },
    { title: 'egress to a namespace on one port', policies: [on('x', pod('a'), { policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: ns('y') }], ports: [tcp80] }] })] },
    { title: 'egress: names resolve, the rest not', policies: [on('x', all, { policyTypes: ['Egress'], egress: [{ ports: [dns] }] })] },
    { title: 'egress allowed, ingress of the other denied', policies: [on('x', pod('a'), { policyTypes: ['Egress'], egress: [{}] }), on('y', all, {})] },
    { title: 'egress and ingress must agree', policies: [on('x', pod('a'), { policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: ns('y') }] }] }), on('y', pod('b'), { ingress: [{ from: [{ namespaceSelector: ns('x') }], ports: [tcp80] }] })] },
    { title: 'egress named port is the destination\'s', policies: [on('x', pod('a'), { policyTypes: ['Egress'], egress: [{ ports: [{ port: 'alt' }] }] })] },
    { title: 'one address', policies: [on('x', pod('a'), { ingress: [{ from: [{ ipBlock: { cidr: cidrOf('y/b') } }] }] })] },
    { title: 'all addresses but one', policies: [on('x', pod('a'), { ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: [cidrOf('y/b')] } }] }] })] },
    { title: 'all addresses but two, on one port', policies: [on('x', pod('a'), { ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/16', except: [cidrOf('y/b'), cidrOf('x/b')] } }], ports: [tcp80] }] })] },
    { title: 'a block that no pod is in', policies: [on('x', pod('a'), { ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }] })] },
    { title: 'an exception does not bind another peer', policies: [on('x', pod('a'), { ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/16', except: [cidrOf('y/b')] } }, { namespaceSelector: ns('y') }] }] })] },
    { title: 'egress to a block with an exception', policies: [on('x', all, { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.244.0.0/16', except: [cidrOf('x/b')] } }] }] })] },
    { title: 'expressions: In', policies: [on('x', { matchExpressions: [{ key: 'pod', operator: 'In', values: ['a', 'b'] }] }, { ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['c'] }] } }] }] })] },
    { title: 'expressions: NotIn', policies: [on('x', all, { ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'pod', operator: 'NotIn', values: ['b'] }] }, namespaceSelector: all }] }] })] },
    { title: 'expressions: Exists and DoesNotExist', policies: [on('x', { matchExpressions: [{ key: 'pod', operator: 'Exists' }] }, { ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'DoesNotExist' }] } }] }] })] },
    { title: 'namespaces by expression', policies: [on('x', all, { ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'NotIn', values: ['x'] }] } }] }] })] },
    { title: 'the namespace\'s own name as a label', policies: [on('x', all, { ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'z' } } }] }] })] },
  ];
}

/** Seeded, so that a failing one can be met again. */
export function randomRows(count: number, seed: number, cidrOf: (pod: string) => string): readonly Row[] {
  const rng = seededRng(seed);
  return Array.from({ length: count }, (_, index) => ({ title: `random policy ${index}`, policies: Array.from({ length: 1 + rng.below(3) }, () => randomPolicy(rng, cidrOf)) }));
}

function pick<T>(rng: Rng, values: readonly T[]): T {
  return values[rng.below(values.length)]!;
}

function randomSelector(rng: Rng, key: 'pod' | 'ns'): LabelSelector {
  const values = key === 'pod' ? ['a', 'b', 'c'] : ['x', 'y', 'z'];
  const choice = rng.below(4);
  if (choice === 0) return {};
  if (choice === 1) return { matchExpressions: [{ key, operator: pick(rng, ['In', 'NotIn']), values: [pick(rng, values), pick(rng, values)] }] };
  return { matchLabels: { [key]: pick(rng, values) } };
}

function randomPeer(rng: Rng, cidrOf: (pod: string) => string): Peer {
  const someone = () => cidrOf(`${pick(rng, ['x', 'y', 'z'])}/${pick(rng, ['a', 'b', 'c'])}`);
  const choice = rng.below(5);
  if (choice === 0) return { podSelector: randomSelector(rng, 'pod') };
  if (choice === 1) return { namespaceSelector: randomSelector(rng, 'ns') };
  if (choice === 2) return { namespaceSelector: randomSelector(rng, 'ns'), podSelector: randomSelector(rng, 'pod') };
  if (choice === 3) return { ipBlock: { cidr: someone() } };
  return { ipBlock: { cidr: pick(rng, ['10.244.0.0/16', '0.0.0.0/0', '10.0.0.0/8']), except: [someone(), ...(rng.below(2) ? [someone()] : [])] } };
}

function randomRule(rng: Rng, direction: 'from' | 'to', cidrOf: (pod: string) => string): Rule {
  const peers = Array.from({ length: rng.below(3) }, () => randomPeer(rng, cidrOf));
  const ports = Array.from({ length: rng.below(3) }, () => pick<NonNullable<Rule['ports']>[number]>(rng, [{ port: 80 }, { port: 81 }, { protocol: 'UDP', port: 53 }, { port: 'http' }, { port: 'alt' }, { protocol: 'UDP', port: 'dns' }, { port: 80, endPort: 100 }, { protocol: 'UDP' }, {}]));
  return { ...(peers.length > 0 ? { [direction]: peers } : {}), ...(ports.length > 0 ? { ports } : {}) };
}

function randomPolicy(rng: Rng, cidrOf: (pod: string) => string): Policy {
  const rules = (direction: 'from' | 'to') => Array.from({ length: rng.below(3) }, () => randomRule(rng, direction, cidrOf));
  const policyTypes = pick(rng, [['Ingress'], ['Egress'], ['Ingress', 'Egress'], undefined]);
  return {
    namespace: pick(rng, ['x', 'y', 'z']),
    podSelector: randomSelector(rng, 'pod'),
    ...(policyTypes ? { policyTypes } : {}),
    ...(policyTypes?.includes('Ingress') !== false ? { ingress: rules('from') } : {}),
    ...(policyTypes?.includes('Egress') !== false ? { egress: rules('to') } : {}),
  };
}
