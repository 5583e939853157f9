/** A kubelet and its files: edited, broken and mended on a node of a running cluster, as a candidate does it. */
import { beforeAll, expect, it } from 'vitest';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, run } from '../support/simulation.ts';

const NODE = 'cka-lab-worker';
const CONFIG = '/var/lib/kubelet/config.yaml';
let sim: Simulation;

beforeAll(async () => {
  sim = await bootForTest({ cni: 'flannel', workers: 1 });
}, 120_000);

const onNode = async (command: string): Promise<string> => (await run(sim, `node:${NODE}`, command)).stdout;

// oxlint-disable-next-line typescript/no-explicit-any
const find = (kind: string, name: string, namespace?: string) => sim.registry.find(kind, name, namespace) as any;
const readiness = (): string => {
  const { status, message } = find('nodes', NODE).status.conditions.find((one: { type: string }) => one.type === 'Ready');
  return status === 'True' ? 'Ready' : `${status}: ${message}`;
};

/** What is done, how much time passes, what the node says then, and whether the cluster takes it for ready. */
it.each([
  ['a broken file', `cp ${CONFIG} /root/good.yaml; sed -i 's/clusterDNS:/clusterDNS/' ${CONFIG}; systemctl restart kubelet; echo $?`, 60, 'systemctl is-active kubelet; journalctl -u kubelet -o cat -n 1', "activating\nkubelet.service: Failed with result 'exit-code'.\n", 'Unknown: Kubelet stopped posting node status.'],
  ['mended, it comes back by itself', `cp /root/good.yaml ${CONFIG}`, 10, 'systemctl is-active kubelet', 'active\n', 'Ready'],
  ['killed, it comes back by itself', 'kill -9 $(pidof kubelet)', 3, 'systemctl is-active kubelet; journalctl -u kubelet -o cat | grep -c "status=9/KILL"', 'active\n1\n', 'Ready'],
  ['stopped, it stays so', 'systemctl stop kubelet', 60, 'systemctl is-active kubelet', 'inactive\n', 'Unknown: Kubelet stopped posting node status.'],
  ['started', 'systemctl start kubelet', 10, 'systemctl show kubelet -p ActiveState,NRestarts --value; systemctl is-active kubelet; journalctl -u kubelet -p warning -o cat | tail -1', 'active\n0\nactive\nkubelet.service: Failed with result \'signal\'.\n', 'Ready'],
  ['another API server', 'sed -i s/:6443/:6553/ /etc/kubernetes/kubelet.conf; systemctl restart kubelet', 60, 'systemctl is-active kubelet; journalctl -u kubelet | grep -o "dial tcp .*refused" | sort -u', 'active\ndial tcp 172.18.0.2:6553: connect: connection refused\n', 'Unknown: Kubelet stopped posting node status.'],
  ['the right one', 'sed -i s/:6553/:6443/ /etc/kubernetes/kubelet.conf; systemctl restart kubelet', 10, 'systemctl is-active kubelet', 'active\n', 'Ready'],
  ['no container runtime', 'systemctl stop containerd', 60, 'systemctl is-active containerd kubelet', 'inactive\nactive\n', 'False: container runtime is down'],
  ['a runtime again', 'systemctl start containerd', 10, 'systemctl is-active containerd', 'active\n', 'Ready'],
] as const)('%s', async (_what, command, seconds, question, answer, expected) => {
  await onNode(command);
  await sim.settle(seconds * 1000);
  expect(await onNode(question)).toBe(answer.replace('172.18.0.2', sim.nodes.get('cka-lab-control-plane')!.plan.address));
  expect(readiness()).toBe(expected);
}, 60_000);

it('what the configuration says counts from the next start on', async () => {
  await onNode(`mkdir /etc/static; sed -i 's#^staticPodPath:.*#staticPodPath: /etc/static#; s/10.96.0.10/10.96.0.53/; s/^failSwapOn.*/maxPods: 17/' ${CONFIG}; systemctl restart kubelet`);
  await onNode(`printf 'apiVersion: v1\\nkind: Pod\\nmetadata: {name: mine}\\nspec: {containers: [{name: c, image: "nginx:1.27"}]}\\n' > /etc/static/mine.yaml`);
  apply(sim, `apiVersion: v1\nkind: Pod\nmetadata: {name: asker}\nspec: {nodeName: ${NODE}, containers: [{name: c, image: 'busybox:1.36', command: [sleep, '1000']}]}`);
  expect(await sim.settleUntil(() => [`mine-${NODE}`, 'asker'].every((name) => find('pods', name, 'default')?.status?.phase === 'Running'), 60_000)).toBe(true);
  expect(find('nodes', NODE).status.capacity.pods).toBe('17');
  expect((await run(sim, 'asker', 'grep nameserver /etc/resolv.conf')).stdout).toBe('nameserver 10.96.0.53\n');
}, 60_000);
