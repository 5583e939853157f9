/**
 * What every backend must do, whatever it is made of: one suite, run by the simulator always, by a cluster of one's own
 * and by kind where they exist. What a backend cannot do is listed with its reason.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster, ClusterBackend, ClusterSpec } from '../../src/cluster/cluster.ts';

export interface Subject {
  readonly title: string;
  readonly spec: ClusterSpec;
  /** Called once, before everything else. */
  readonly make: () => Promise<ClusterBackend>;
  readonly clean?: () => Promise<void>;
  /** Tests by name that do not apply. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[];
  readonly slowMs?: number;
}

export function clusterConformance({ title, spec, make, clean, skip = [], slowMs = 180_000 }: Subject): void {
  describe(`a cluster on ${title}`, () => {
    let backend: ClusterBackend;
    let cluster: Cluster;
    const skipped = new Map(skip.flatMap(({ reason, tests }) => tests.map((name) => [name, reason] as const)));
    const check = (name: string, run: () => Promise<void>) => {
      const reason = skipped.get(name);
      if (reason === undefined) test(name, run, slowMs);
      else test.skip(`${name} (${reason})`);
    };
    const post = async (path: string, body: object) => (await cluster.request('POST', path, body)).status;
    const phase = async (name: string) => ((await cluster.request('GET', `/api/v1/namespaces/conformance/pods/${name}`)).body as { readonly status?: { readonly phase?: string } }).status?.phase;

    beforeAll(async () => {
      backend = await make();
      cluster = await backend.up(spec);
    }, slowMs);
    afterAll(async () => {
      await (await backend?.find(spec.name))?.down();
      await clean?.();
    }, slowMs);

    check('says what it is', async () => {
      const { info } = cluster;
      expect({ backend: info.backend, because: info.because, name: info.name, running: info.running, version: /^v1\.\d+\.\d+/.test(info.kubernetesVersion) }).toEqual({ backend: backend.name, because: spec.because, name: spec.name, running: true, version: true });
      expect(info.nodes.length).toBe(spec.workers + 1);
      expect(readFileSync(info.kubeconfig, 'utf8')).toContain(`current-context: ${info.context}`);
      await Promise.resolve();
    });

    check('up again is found again', async () => {
      expect((await backend.up(spec)).info).toEqual(cluster.info);
      expect((await backend.find(spec.name))?.info).toEqual(cluster.info);
      expect((await backend.list()).map(({ name }) => name)).toContain(spec.name);
    });

    check('answers requests as an API server does', async () => {
      expect((await cluster.request('GET', '/api/v1/nodes')).status).toBe(200);
      const missing = await cluster.request('GET', '/api/v1/namespaces/default/pods/nope');
      expect([missing.status, (missing.body as { readonly message?: string }).message]).toEqual([404, 'pods "nope" not found']);
    });

    check('takes objects and runs what they ask for', async () => {
      expect(await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'conformance', labels: { 'cka-trainer/lab': 'conformance.suite', ...(cluster.owner === undefined ? {} : { 'cka-trainer/owner': cluster.owner }) } } })).toBe(201);
      await expect.poll(async () => (await cluster.request('GET', '/api/v1/namespaces/conformance/serviceaccounts/default')).status, { timeout: 30_000 }).toBe(200);
      const spec_ = { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'busybox:1.28', command: ['sleep', '3600'] }] };
      expect(await post('/api/v1/namespaces/conformance/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'box', namespace: 'conformance' }, spec: spec_ })).toBe(201);
      await expect.poll(() => phase('box'), { timeout: slowMs }).toBe('Running');
    });

    check('runs commands in pods, with their streams and exit codes', async () => {
      const pod = { namespace: 'conformance', pod: 'box' };
      expect(await cluster.exec(pod, ['echo', 'hi'])).toEqual({ stdout: 'hi\n', stderr: '', exitCode: 0 });
      expect(await cluster.exec(pod, ['cat'], { stdin: 'a line\n' })).toEqual({ stdout: 'a line\n', stderr: '', exitCode: 0 });
      expect((await cluster.exec(pod, ['sh', '-c', 'exit 7'])).exitCode).toBe(7);
      await expect(cluster.exec({ ...pod, pod: 'nope' }, ['true'])).rejects.toThrow('pods "nope" not found');
    });

    check('runs commands on nodes', async () => {
      const [node = ''] = cluster.info.nodes;
      expect(await cluster.exec({ node }, ['hostname'])).toEqual({ stdout: `${node}\n`, stderr: '', exitCode: 0 });
      expect((await cluster.exec({ node }, ['sh', '-s'], { stdin: 'exit 3\n' })).exitCode).toBe(3);
      await expect(cluster.exec({ node: 'nope' }, ['true'])).rejects.toThrow('nodes "nope" not found');
    });

    check('refuses nodes in words', async () => {
      await expect(cluster.exec({ node: cluster.info.nodes[0]! }, ['true'])).rejects.toThrow(/cannot be entered/);
    });

    check('offers what it says', async () => {
      expect(cluster.offers.has('nodes-2')).toBe(spec.workers >= 2);
      const node = cluster.info.nodes[0]!;
      expect(cluster.offers.has('node-shell')).toBe(await cluster.exec({ node }, ['true']).then(() => true, () => false));
    });

    check('a reset takes away what labs made', async () => {
      await cluster.reset();
      await expect.poll(async () => (await cluster.request('GET', '/api/v1/namespaces/conformance')).status, { timeout: slowMs }).toBe(404);
    });

    check('a reset keeps what others made', async () => {
      const path = '/api/v1/namespaces/theirs';
      await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'theirs' } });
      await cluster.reset();
      expect((await cluster.request('GET', path)).status).toBe(200);
      await cluster.request('DELETE', path);
    });

    check('a reset brings back what was changed', async () => {
      const path = '/api/v1/namespaces/kube-system/configmaps/coredns';
      const corefile = async () => ((await cluster.request('GET', path)).body as { readonly data: { readonly Corefile: string } }).data.Corefile;
      const before = await corefile();
      const node = `/api/v1/nodes/${cluster.info.nodes.at(-1)}`;
      expect((await cluster.request('PATCH', path, { data: { Corefile: 'broken' } }, 'application/merge-patch+json')).status).toBe(200);
      expect((await cluster.request('PATCH', node, { metadata: { labels: { disk: 'ssd' } }, spec: { unschedulable: true } }, 'application/merge-patch+json')).status).toBe(200);
      const proxyMode = async () => (await cluster.exec({ node: cluster.info.nodes[0]! }, ['curl', '-s', 'http://localhost:10249/proxyMode'])).stdout;
      if (cluster.offers.has('ipvs')) {
        await cluster.switchProxyMode?.('ipvs', () => undefined);
        expect(await proxyMode()).toBe(cluster.switchProxyMode ? 'ipvs' : 'iptables');
      }
      await cluster.reset();
      expect([await corefile(), await proxyMode()]).toEqual([before, 'iptables']);
      const { metadata, spec: after } = (await cluster.request('GET', node)).body as { readonly metadata: { readonly labels: Readonly<Record<string, string>> }; readonly spec: { readonly unschedulable?: boolean } };
      expect([metadata.labels['disk'], after.unschedulable]).toEqual([undefined, undefined]);
    });

    check('down is the end of it', async () => {
      await cluster.down();
      expect([await backend.find(spec.name), (await backend.list()).filter(({ name }) => name === spec.name)]).toEqual([undefined, []]);
    });
  });
}
