/** Step 7: until nodes are Ready and the parts that every lab needs have rolled out. Waits for states, never for a time. */
import type { Build, Step } from './step.ts';
import { kubectlOf } from './step.ts';

export const wait: Step = {
  id: 'wait',
  title: 'Waiting until the nodes are Ready',
  limitMs: 15 * 60_000,
  async run(build) {
    const kubectl = kubectlOf(build);
    for (const words of waitsOf(build)) await kubectl.must(words, { onLine: build.show, action: 'See what hinders it: kubectl get pods -A, and kubectl describe of a pod that does not start (images that cannot be pulled, too little memory).' });
    const version = await kubectl.json<{ readonly serverVersion?: { readonly gitVersion?: string } }>(['version']);
    if (version.serverVersion?.gitVersion !== undefined) build.remember({ kubernetesVersion: version.serverVersion.gitVersion });
  },
};

function waitsOf({ spec, record }: Pick<Build, 'spec' | 'record'>): readonly (readonly string[])[] {
  const rollout = (namespace: string, what: string, seconds: number) => ['-n', namespace, 'rollout', 'status', what, `--timeout=${seconds}s`];
  const plugin = spec.cni === 'flannel'
    ? [rollout('kube-flannel', 'ds/kube-flannel-ds', 300)]
    : record.installer === 'operator'
      ? [['wait', '--for=condition=Available', 'tigerastatus', '--all', '--timeout=600s']]
      : [rollout('kube-system', 'ds/calico-node', 300), rollout('kube-system', 'deploy/calico-kube-controllers', 180)];
  return [...plugin, ['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=300s'], rollout('kube-system', 'ds/kube-proxy', 120), rollout('kube-system', 'deploy/coredns', 180)];
}
