/** kube-proxy's rules against those that a real kube-proxy wrote for the same Services (test/recorded/kube-proxy). */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { EndpointSlice } from '../../src/kinds/endpointslice.ts';
import type { Service } from '../../src/kinds/service.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { World } from '../../src/net/world.ts';
import { endpointChain, serviceChain } from '../../src/node/kube-proxy/chains.ts';
import { cleanUp } from '../../src/node/kube-proxy/jumps.ts';
import { IptablesProxier } from '../../src/node/kube-proxy/iptables-proxier.ts';
import { save } from '../../src/programs/iptables/restore.ts';

const recorded = (name: string) => readFileSync(new URL(`../recorded/kube-proxy/${name}`, import.meta.url), 'utf8');

/** The Services of the recording, with the three pods that stood behind them. */
function cluster(): { services: Service[]; slices: EndpointSlice[] } {
  const services = parseAllDocuments(recorded('services.yaml'))
    .map((document) => document.toJS() as Service)
    .filter((object) => object.kind === 'Service');
  const kubernetes = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default' }, spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] } } as unknown as Service;
  const slices = services
    .filter((service) => (service.spec.selector as Record<string, string> | undefined)?.['app'] === 'web')
    .map((service) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${service.metadata.name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': service.metadata.name } },
      addressType: 'IPv4',
      ports: (service.spec.ports ?? []).map((port) => ({ name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: port.protocol === 'UDP' ? 53 : 80 })),
      endpoints: ['10.244.3.2', '10.244.3.3', '10.244.3.4'].map((address) => ({ addresses: [address], conditions: { ready: true }, nodeName: 'node' })),
    })) as unknown as EndpointSlice[];
  return { services: [...services, kubernetes], slices };
}

/** The rules and chains of one table, in any order: the real proxier walks Go maps. */
function rulesOf(text: string, table: string): string[] {
  const body = text.slice(text.indexOf(`*${table}\n`), text.indexOf('COMMIT', text.indexOf(`*${table}\n`)));
  // KUBE-FIREWALL is the kubelet's, not kube-proxy's.
  return body.split('\n').filter((line) => (line.startsWith(':') || line.startsWith('-A')) && !line.includes('KUBE-FIREWALL')).sort();
}

function proxied(): World['namespaces'][number] {
  const world = new World({ clock: new EventClock(0), rng: seededRng(1) });
  const node = world.createNamespace('node');
  const { services, slices } = cluster();
  new IptablesProxier(node, { clusterCidr: '10.244.0.0/16', masqueradeAll: false }).sync(services, slices, 'node');
  return node;
}

describe('kube-proxy in iptables mode', () => {
  it.each(['nat', 'filter', 'mangle'])('writes the %s table that the real one writes', (table) => {
    const node = proxied();
    expect(rulesOf(save(node.netfilter), table)).toEqual(rulesOf(recorded('iptables-save.txt'), table));
  });

  it('writes nothing when nothing changed, and takes away what is gone', () => {
    const node = proxied();
    const before = save(node.netfilter);
    const { services, slices } = cluster();
    const proxier = new IptablesProxier(node, { clusterCidr: '10.244.0.0/16', masqueradeAll: false });
    proxier.sync(services, slices, 'node');
    expect(save(node.netfilter)).toBe(before);
    proxier.sync([], [], 'node');
    expect(node.netfilter.table('nat')?.chains.list().map((chain) => chain.name).filter((name) => /^KUBE-(SVC|SEP|EXT|SVL)-/.test(name))).toEqual([]);
    cleanUp(node);
    expect(node.netfilter.table('nat')?.chains.list().filter((chain) => chain.name.startsWith('KUBE')).map((chain) => chain.name)).toEqual([]);
  });

  it('names chains as every kube-proxy names them', () => {
    expect(serviceChain('SVC', 'default/kubernetes:https', 'tcp')).toBe('KUBE-SVC-NPX46M4PTMTKRN6Y');
    expect(endpointChain('default/kubernetes:https', 'tcp', '172.18.0.2:6443')).toBe('KUBE-SEP-V2PECCYPB6X2GSCW');
  });
});
