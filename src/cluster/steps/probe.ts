/**
 * Step 8: the cluster does what labs build on, seen from inside: a pod reaches a pod on another node, a Service, and a
 * name. Leaves nothing behind. Also the last word of a reset.
 */
import { UserError } from '../../base/user-error.ts';
import type { ClusterSpec } from '../cluster.ts';
import type { KubectlClient } from '../kubectl-client.ts';
import { PROBE_IMAGES } from '../pins.ts';
import { kubectlOf, type Step } from './step.ts';

export const probe: Step = {
  id: 'probe',
  title: 'Trying the network between nodes',
  limitMs: 5 * 60_000,
  run: (build) => probeNetwork(kubectlOf(build), build.spec, (line) => build.say(line)),
};

const NAMESPACE = 'cka-probe';

/** @throws UserError that says which way is broken */
export async function probeNetwork(kubectl: KubectlClient, spec: Pick<ClusterSpec, 'name' | 'workers'>, say: (line: string) => void): Promise<void> {
  const clean = () => kubectl.run(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=true', '--timeout=60s']);
  await clean();
  try {
    await makePods(kubectl, spec);
    await kubectl.must(['-n', NAMESPACE, 'wait', '--for=condition=Ready', 'pod', '--all', '--timeout=120s'], { action: 'See `kubectl -n cka-probe describe pods`.' });
    const address = (await kubectl.must(['-n', NAMESPACE, 'get', 'pod', 'server', '-o', 'jsonpath={.status.podIP}'])).trim();
    await from(kubectl, ['wget', '-qO-', '-T', '5', `http://${address}/`], 'a pod does not reach a pod on another node', say);
    await from(kubectl, ['wget', '-qO-', '-T', '5', 'http://server/'], 'a pod does not reach a Service by its name', say);
    await from(kubectl, ['nslookup', 'kubernetes.default.svc.cluster.local'], 'a pod cannot resolve kubernetes.default', say);
  } finally {
    await clean().catch(() => undefined);
  }
}

/** Pods are refused until the controller manager has made the account that they run as: in a namespace of this moment it may be missing. */
async function makePods(kubectl: KubectlClient, spec: Pick<ClusterSpec, 'name' | 'workers'>): Promise<void> {
  const input = manifests(spec);
  for (let left = TRIES; left > 1; left--) {
    const { exitCode, stderr } = await kubectl.run(['apply', '-f', '-'], { input });
    if (exitCode === 0) return;
    if (!stderr.includes('serviceaccount "default" not found')) break;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await kubectl.must(['apply', '-f', '-'], { input });
}

/** New Services and routes need a moment to reach every node. */
const TRIES = 10;

async function from(kubectl: KubectlClient, command: readonly string[], what: string, say: (line: string) => void): Promise<void> {
  const words = ['-n', NAMESPACE, 'exec', 'client', '--', ...command];
  for (let left = TRIES; left > 1; left--) {
    if ((await kubectl.run(words, { timeoutMs: 30_000 })).exitCode === 0) return;
    say(`${what}, yet: trying again`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  if ((await kubectl.run(words, { timeoutMs: 30_000 })).exitCode !== 0) throw new UserError(`The network does not work: ${what}.`, 'A firewall on this machine (firewalld, ufw) or another network plugin may be in the way.');
}

function manifests({ name, workers }: Pick<ClusterSpec, 'name' | 'workers'>): string {
  const pod = (pod: keyof typeof PROBE_IMAGES, node: string, container: { readonly command?: readonly string[]; readonly ports?: readonly { readonly containerPort: number }[] }) => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace: NAMESPACE, labels: { app: pod } },
    spec: {
      nodeName: node, terminationGracePeriodSeconds: 0, tolerations: [{ operator: 'Exists' }],
      containers: [{ name: pod, image: PROBE_IMAGES[pod], ...container }],
    },
  });
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: { 'cka-trainer/probe': 'network' } } },
    pod('server', `${name}-worker`, { ports: [{ containerPort: 80 }] }),
    pod('client', workers > 1 ? `${name}-worker2` : `${name}-control-plane`, { command: ['sleep', '3600'] }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'server', namespace: NAMESPACE }, spec: { selector: { app: 'server' }, ports: [{ port: 80 }] } },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
