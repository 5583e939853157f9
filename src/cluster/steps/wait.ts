/** Step 7: until nodes are Ready and the parts that every lab needs have rolled out. Waits for states, never for a time. */
import type { KubectlClient } from '../kubectl-client.ts';
import { isByOperator } from './pinned.ts';
import type { Build, Step } from './step.ts';
import { kubectlOf } from './step.ts';

export const wait: Step = {
  id: 'wait',
  title: 'Waiting until the nodes are Ready',
  limitMs: 15 * 60_000,
  async run(build) {
    const kubectl = kubectlOf(build);
    if (isByOperator(build)) await untilTold(kubectl, build);
    for (const words of waitsOf(build)) await kubectl.must(words, { onLine: build.show, action: 'See what hinders it: kubectl get pods -A, and kubectl describe of a pod that does not start (images that cannot be pulled, too little memory).' });
    const version = await kubectl.json<{ readonly serverVersion?: { readonly gitVersion?: string } }>(['version']);
    if (version.serverVersion?.gitVersion !== undefined) build.remember({ kubernetesVersion: version.serverVersion.gitVersion });
  },
};

/** What the operator tells of itself: the network, and the API of its own that it serves. */
const OPERATOR_STATES = ['tigerastatus/calico', 'tigerastatus/apiserver'];

/** `kubectl wait` fails at once for what is not there yet, and the operator begins to tell only when it runs. */
async function untilTold(kubectl: KubectlClient, { show }: Build): Promise<void> {
  await kubectl.must(['-n', 'tigera-operator', 'rollout', 'status', 'deploy/tigera-operator', '--timeout=300s'], { onLine: show });
  show('waiting for the first word of the operator');
  while ((await kubectl.run(['get', ...OPERATOR_STATES])).exitCode !== 0) await new Promise((resolve) => setTimeout(resolve, 2_000));
}

function waitsOf({ spec, record }: Pick<Build, 'spec' | 'record'>): readonly (readonly string[])[] {
  const rollout = (namespace: string, what: string, seconds: number) => ['-n', namespace, 'rollout', 'status', what, `--timeout=${seconds}s`];
  const plugin = spec.cni === 'flannel'
    ? [rollout('kube-flannel', 'ds/kube-flannel-ds', 300)]
    : record.installer === 'operator'
      ? [['wait', '--for=condition=Available', ...OPERATOR_STATES, '--timeout=600s']]
      : [rollout('kube-system', 'ds/calico-node', 300), rollout('kube-system', 'deploy/calico-kube-controllers', 180)];
  return [...plugin, ['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=300s'], rollout('kube-system', 'ds/kube-proxy', 120), rollout('kube-system', 'deploy/coredns', 180)];
}
