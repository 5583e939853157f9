/** flanneld against its configuration: a network that is not the one the nodes' ranges were cut from is refused, in its words. */
import { expect, test, vi } from 'vitest';
import type { KubeObject } from '../../../src/api/object.ts';
import type { Simulation } from '../../../src/sim/simulation.ts';
import { bootForTest, run } from '../../support/simulation.ts';

// Long enough for a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const NAMESPACE = 'kube-flannel';
const WORKER = 'cka-lab-worker';

interface FlannelPod extends KubeObject {
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly containerStatuses?: readonly { readonly restartCount: number; readonly ready: boolean }[] };
}

const podOnWorker = (sim: Simulation): FlannelPod | undefined => (sim.registry.list('pods', { namespace: NAMESPACE }).items as unknown as FlannelPod[]).find(({ spec }) => spec.nodeName === WORKER);
const statusOnWorker = (sim: Simulation) => podOnWorker(sim)?.status?.containerStatuses?.[0];

async function setNetwork(sim: Simulation, network: string): Promise<void> {
  const map = sim.registry.get('configmaps', 'kube-flannel-cfg', NAMESPACE) as unknown as KubeObject & { data: Record<string, string> };
  sim.registry.update('configmaps', { ...map, data: { ...map.data, 'net-conf.json': map.data['net-conf.json']!.replace(/"Network": ?"[^"]*"/, `"Network": "${network}"`) } } as KubeObject, { namespace: NAMESPACE });
  const before = podOnWorker(sim)!;
  sim.registry.delete('pods', before.metadata.name!, NAMESPACE, {});
  expect(await sim.settleUntil(() => podOnWorker(sim) !== undefined && podOnWorker(sim)!.metadata.uid !== before.metadata.uid, 120_000)).toBe(true);
}

test('a network that does not hold the node\'s range: it crashes again and again, and says why', async () => {
  const sim = await bootForTest({ cni: 'flannel' });
  await setNetwork(sim, '10.100.0.0/16');
  expect(await sim.settleUntil(() => (statusOnWorker(sim)?.restartCount ?? 0) >= 2, 120_000)).toBe(true);
  const said = await run(sim, `node:${WORKER}`, 'crictl logs $(crictl ps -a -q --name kube-flannel | head -n 1) 2>&1');
  expect(said.stdout).toMatch(/^E\d{4} [\d:.]+ +1 main\.go:392\] Error registering network: failed to acquire lease: subnet "10\.100\.0\.0\/16" specified in the flannel net config doesn't contain "10\.244\.1\.0\/24" PodCIDR of the "cka-lab-worker" node$/m);
  await setNetwork(sim, '10.244.0.0/16');
  expect(await sim.settleUntil(() => statusOnWorker(sim)?.ready === true, 120_000)).toBe(true);
});
