/** What a packet can be followed between, and how a cluster that cannot be asked says so. */
import { expect, test } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { followPacket, traceEnds } from '../../src/cluster/trace-request.ts';

const pod = (namespace: string, name: string, rest: object = {}) => ({ metadata: { namespace, name }, spec: {}, status: { phase: 'Running' }, ...rest });
const OBJECTS: Readonly<Record<string, readonly object[]>> = {
  '/api/v1/pods': [
    pod('kube-system', 'coredns-1'), pod('shop', 'till'), pod('default', 'web'), pod('shop', 'catalog'),
    pod('shop', 'begins', { status: { phase: 'Pending' } }), pod('kube-system', 'kube-proxy-1', { spec: { hostNetwork: true } }),
  ],
  '/api/v1/services': [
    { metadata: { namespace: 'kube-system', name: 'kube-dns' }, spec: { clusterIP: '10.96.0.10', ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }] } },
    { metadata: { namespace: 'shop', name: 'catalog' }, spec: { clusterIP: '10.96.7.1', ports: [{ port: 80, protocol: 'TCP' }] } },
    { metadata: { namespace: 'shop', name: 'headless' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } },
    { metadata: { namespace: 'shop', name: 'elsewhere' }, spec: {} },
  ],
};

function cluster(answer: (path: string) => { status: number; body: unknown }, backend: 'simulator' | 'kind' = 'simulator'): Cluster {
  const info = { backend, name: 'cka-lab', nodes: ['cka-lab-worker'], machines: ['node-0'] };
  return { info, request: async (_method: string, path: string) => answer(path) } as unknown as Cluster;
}

test('the lab\'s own namespaces come first; what has no address of its own is no end', async () => {
  expect(await traceEnds(cluster((path) => ({ status: 200, body: { items: OBJECTS[path] } })), ['shop'])).toEqual({
    sources: ['shop/catalog', 'shop/till', 'default/web', 'kube-system/coredns-1', 'cka-lab-worker', 'node-0'],
    targets: ['shop/catalog:80', 'kube-system/kube-dns:53/udp', 'kube-system/kube-dns:53', 'shop/catalog', 'shop/till', 'default/web', 'kube-system/coredns-1', 'cka-lab-worker', 'node-0'],
  });
});

test('a packet is asked for by its two ends', async () => {
  let asked = '';
  await followPacket(cluster((path) => ((asked = path), { status: 200, body: {} })), { from: 'shop/till', to: 'catalog:80', namespace: 'shop' });
  expect(asked).toBe('/cka/v1/trace?from=shop%2Ftill&to=catalog%3A80&namespace=shop');
});

test.each([
  ['an end that does not exist', cluster(() => ({ status: 400, body: { message: 'Nothing here is called "x".' } })), 'Nothing here is called "x".', 'Name a running pod, a node, a machine, a Service or an address.'],
  ['a real cluster', cluster(() => ({ status: 200, body: {} }), 'kind'), 'Cluster cka-lab is real: nobody can follow a packet through it from outside.', 'On its nodes, tcpdump and the TRACE target of iptables show the way.'],
] as const)('%s is told with what to do', async (_what, where, message, action) => {
  await expect(followPacket(where, { from: 'a', to: 'x' })).rejects.toMatchObject({ message, action });
});
