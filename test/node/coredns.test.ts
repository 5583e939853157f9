/** CoreDNS against the answers of a real one for the same Services (test/recorded/coredns), and its Corefile's refusals. */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { Store } from '../../src/api/store.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { Registry } from '../../src/kinds/registry.ts';
import { CorefileError, parseCorefile } from '../../src/node/coredns/corefile.ts';
import { lookupForward, lookupReverse, type Lookup } from '../../src/node/coredns/kubernetes.ts';
import { dataText, type DnsQuestion } from '../../src/programs/dns/message.ts';

const read = (name: string) => readFileSync(new URL(`../recorded/${name}`, import.meta.url), 'utf8');
const ZONE = { zone: 'cluster.local', ttl: 30, pods: 'insecure' as const };

function cluster(): Registry {
  const registry = new Registry({ store: new Store(), clock: new EventClock(1795240437000), rng: seededRng(1) });
  const create = (kind: string, object: unknown, namespace?: string) => registry.create(kind, object as KubeObject, namespace ? { namespace } : {});
  create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  create('services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes' }, spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] } }, 'default');
  for (const document of parseAllDocuments(read('kube-proxy/services.yaml'))) {
    const service = document.toJS() as KubeObject & { spec: { selector?: Record<string, string>; ports?: { name?: string; protocol?: string; port: number }[] } };
    if (service.kind !== 'Service') continue;
    create('services', service, 'default');
    if (service.spec.selector?.['app'] !== 'web') continue;
    create('endpointslices.discovery.k8s.io', {
      apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4',
      metadata: { name: `${service.metadata.name}-1`, labels: { 'kubernetes.io/service-name': service.metadata.name } },
      ports: (service.spec.ports ?? []).map((port) => ({ name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: port.protocol === 'UDP' ? 53 : 80 })),
      endpoints: ['10.244.3.2', '10.244.3.3', '10.244.3.4'].map((address) => ({ addresses: [address], conditions: { ready: true } })),
    }, 'default');
  }
  return registry;
}

interface Recorded {
  readonly name: string;
  readonly type: DnsQuestion['type'];
  readonly status: string;
  readonly answers: readonly string[];
  readonly additionals: readonly string[];
}

/** The recording's blocks: `;;;; name TYPE`, then what dig printed. */
function recordings(): readonly Recorded[] {
  return read('coredns/dig.txt').split(/^;;;; /m).slice(1).map((block) => {
    const [head] = block.split('\n');
    const [name, type] = head!.split(' ') as [string, DnsQuestion['type']];
    const section = (title: string) => {
      const at = block.indexOf(`;; ${title} SECTION:\n`);
      if (at < 0) return [];
      return block.slice(at).split('\n').slice(1).filter((line, index, all) => line !== '' && !all.slice(0, index).includes('')).map((line) => line.replace(/\s+/g, ' '));
    };
    return { name, type, status: /status: (\w+)/.exec(block)![1]!, answers: section('ANSWER').sort(), additionals: section('ADDITIONAL').sort() };
  });
}

const ours = (lookup: Lookup): { status: string; answers: string[]; additionals: string[] } => {
  if (lookup.kind === 'not-mine') return { status: 'FALLS THROUGH', answers: [], additionals: [] };
  if (lookup.kind !== 'found') return { status: lookup.kind === 'no-data' ? 'NOERROR' : 'NXDOMAIN', answers: [], additionals: [] };
  const text = (records: typeof lookup.answers) => records.map((record) => `${record.name}. ${record.ttl} IN ${record.type} ${dataText(record)}`).sort();
  return { status: 'NOERROR', answers: text(lookup.answers), additionals: text(lookup.additionals) };
};

describe('names of Services and pods, as a real CoreDNS answers them', () => {
  const registry = cluster();
  // The apex and names that leave the cluster's zone are the chain's business, not the lookup's.
  const rows = recordings().filter((row) => row.name.endsWith('cluster.local') ? row.name !== 'cluster.local' : row.name.endsWith('.arpa'));
  it.each(rows.map((row) => [`${row.name} ${row.type}`, row] as const))('%s', (_title, row) => {
    const question = { name: row.name, type: row.type };
    const answer = ours(row.name.endsWith('.arpa') ? lookupReverse(registry, ZONE, question) : lookupForward(registry, ZONE, question));
    const expected = { status: row.status, answers: row.answers, additionals: row.additionals };
    // A name under .arpa that nobody has goes on to the forwarder, which had no upstream.
    if (answer.status === 'FALLS THROUGH') expect(['NXDOMAIN', 'SERVFAIL']).toContain(row.status);
    else expect(answer).toEqual(expected);
  });
  it('has rows to compare', () => expect(rows.length).toBeGreaterThan(15));
});

describe('a wrong Corefile is refused in CoreDNS\'s words', () => {
  it.each([
    ['.:53 {\n  errors\n', 'Corefile:2 - Error during parsing: Unexpected EOF'],
    ['}\n', "Corefile:1 - Error during parsing: Unexpected token '}', expecting server block key"],
    ['.:53\n', 'Corefile:1 - Error during parsing: Unexpected EOF'],
  ])('%j', (text, message) => {
    expect(() => parseCorefile(text, 'Corefile')).toThrow(new CorefileError(message));
  });
});
