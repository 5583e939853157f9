/** A cluster as a whole: it boots, is the same world for the same seed, and survives a power cut. */
import { describe, expect, it, vi } from 'vitest';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, podOf, ready, run } from '../support/simulation.ts';

// Booting a cluster has its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface PodLine {
  metadata: { name: string; namespace?: string };
  spec: { nodeName?: string };
  status: { phase: string; podIP?: string; containerStatuses?: { restartCount: number }[] };
}

const pods = (sim: Simulation) => sim.registry.list('pods').items as unknown as readonly PodLine[];
/** `kube-system/coredns-…` without what is drawn by lot. */
const families = (sim: Simulation) => pods(sim).map((pod) => `${pod.metadata.namespace}/${pod.metadata.name.replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}$/, '').replace(/-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/, '')}`).sort();

const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => `kube-system/${name}-cka-lab-control-plane`);
const EVERYWHERE = [...CONTROL_PLANE, ...Array<string>(2).fill('kube-system/coredns'), ...Array<string>(3).fill('kube-system/kube-proxy'), 'local-path-storage/local-path-provisioner'];

describe('a fresh cluster', () => {
  it.each([
    ['calico', [...EVERYWHERE, ...Array<string>(3).fill('kube-system/calico-node'), 'kube-system/calico-kube-controllers']],
    ['flannel', [...EVERYWHERE, ...Array<string>(3).fill('kube-flannel/kube-flannel-ds')]],
  ] as const)('with %s has the pods that kind has, all running, none restarted', async (cni, expected) => {
    const sim = await bootForTest({ cni });
    expect(families(sim)).toEqual([...expected].sort());
    expect(pods(sim).filter((pod) => pod.status.phase !== 'Running' || pod.status.containerStatuses?.some((one) => one.restartCount > 0))).toEqual([]);
    expect([...sim.nodes.keys()]).toEqual(['cka-lab-control-plane', 'cka-lab-worker', 'cka-lab-worker2']);
    expect(sim.clock.unixMs()).toBe(sim.options.unixMs);
  });

  it('that is left alone stays well: every probe of the system finds what it asks for', async () => {
    const sim = await bootForTest({ cni: 'flannel' });
    await sim.settleUntil(() => false, 180_000);
    expect(sim.clock.unixMs()).toBeGreaterThanOrEqual(sim.options.unixMs + 180_000);
    const restarted = pods(sim).filter((pod) => pod.status.phase !== 'Running' || pod.status.containerStatuses?.some((one) => one.restartCount > 0));
    // What answers behind kube-apiserver's port is the server around the simulation, which is not here.
    expect(restarted.map(({ metadata }) => metadata.name).filter((name) => !name.startsWith('kube-apiserver'))).toEqual([]);
    const events = sim.registry.list('events').items as unknown as readonly { readonly reason: string; readonly involvedObject: { readonly name: string } }[];
    expect(events.filter(({ reason }) => reason === 'Unhealthy').map(({ involvedObject: { name } }) => name).filter((name) => !name.startsWith('kube-apiserver'))).toEqual([]);
  }, 120_000);

  it('is the same world for the same seed, and another one for another', async () => {
    const boot = async (seed: number) => JSON.stringify((await bootForTest({ seed })).snapshot());
    const first = await boot(11);
    expect(await boot(11)).toBe(first);
    expect(await boot(12)).not.toBe(first);
  });
});

describe('a power cut', () => {
  it('loses nothing that etcd held: objects and nodes come back, containers start again, the network works', async () => {
    const before = await bootForTest({ cni: 'flannel' });
    apply(before, `
apiVersion: v1
kind: ConfigMap
metadata: {name: kept}
data: {answer: '42'}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {nodeName: cka-lab-worker, containers: [{name: nginx, image: 'nginx:1.25'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: cka-lab-worker2, containers: [{name: c, image: 'curlimages/curl', command: [sleep, '3600']}]}
`);
    await ready(before, 'web', 'client');
    const addresses = [...before.nodes.values()].map((node) => node.plan.address);
    const after = await bootForTest({ cni: 'flannel', snapshot: before.snapshot(), unixMs: before.clock.unixMs() + 120_000 });

    expect([...after.nodes.values()].map((node) => node.plan.address)).toEqual(addresses);
    expect(after.registry.get('configmaps', 'kept', 'default')).toMatchObject({ data: { answer: '42' } });
    const [address] = await ready(after, 'web', 'client');
    expect((podOf(after, 'web') as unknown as PodLine).status.containerStatuses?.[0]?.restartCount).toBe(1);
    expect((await run(after, 'client', `curl -s -m 5 -o /dev/null -w '%{http_code}' http://${address}`)).stdout).toBe('200');
  });
});

describe('the control plane is made of pods', () => {
  it('without the scheduler\'s manifest nothing is scheduled; with it again, it is', async () => {
    const sim = await bootForTest();
    const node = 'node:cka-lab-control-plane';
    await run(sim, node, 'mv /etc/kubernetes/manifests/kube-scheduler.yaml /root/');
    await sim.settleUntil(() => !podOf(sim, 'kube-scheduler-cka-lab-control-plane', 'kube-system'), 60_000);
    apply(sim, 'apiVersion: v1\nkind: Pod\nmetadata: {name: waiting}\nspec: {containers: [{name: c, image: "nginx:1.25"}]}');
    await sim.settle(20_000);
    expect(podOf(sim, 'waiting')?.status?.phase).toBe('Pending');
    await run(sim, node, 'mv /root/kube-scheduler.yaml /etc/kubernetes/manifests/');
    await ready(sim, 'waiting');
  });
});
