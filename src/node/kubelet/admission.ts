/**
 * What a kubelet refuses, whoever sent the pod: more than the node has, a node that the pod does not want, a taint that
 * drives pods away. Pods that name their node themselves never met the scheduler. See pkg/kubelet/lifecycle/predicate.go.
 */
import { milliValue } from '../../api/quantity.ts';
import type { Stored } from '../../api/object.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { KubeletHost } from './host.ts';

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

interface Node extends KubeObject {
  spec?: { taints?: { key: string; value?: string; effect: string }[] };
}

export function rejection(host: KubeletHost, pod: Stored<Pod>): Rejection | undefined {
  const { registry, node } = host;
  const object = registry.find('nodes', node.name) as Stored<Node> | undefined;
  const wrong = Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => object?.metadata.labels?.[key] !== value);
  if (object && wrong) return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
  const isStatic = pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file';
  const driven = (object?.spec?.taints ?? []).find((taint) => taint.effect === 'NoExecute' && !tolerated(pod, taint));
  if (driven && !isStatic) return { reason: 'TaintToleration', message: `Predicate TaintToleration failed: node(s) had untolerated taint {${driven.key}: ${driven.value ?? ''}}` };
  const others = (registry.list('pods').items as unknown as readonly Stored<Pod>[]).filter(
    (other) => other.spec.nodeName === node.name && other.metadata.uid !== pod.metadata.uid && other.status?.phase !== 'Succeeded' && other.status?.phase !== 'Failed' && other.status?.startTime !== undefined,
  );
  if (others.length + 1 > Number(node.allocatable['pods'] ?? 110)) {
    return { reason: 'OutOfpods', message: `Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${node.allocatable['pods']}` };
  }
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const requested = requests(pod, name);
    const used = others.reduce((sum, other) => sum + requests(other, name), 0);
    const capacity = milliValue(node.allocatable[name] ?? '0');
    // The kubelet counts cpu in thousandths, everything else in whole units.
    const unit = name === 'cpu' ? 1 : 1000;
    if (requested > 0 && used + requested > capacity) {
      return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${requested / unit}, used: ${used / unit}, capacity: ${capacity / unit}` };
    }
  }
  return undefined;
}

function tolerated(pod: Stored<Pod>, taint: { readonly key: string; readonly value?: string; readonly effect: string }): boolean {
  return (pod.spec.tolerations ?? []).some(
    (one) => (!one.effect || one.effect === taint.effect) && (!one.key || one.key === taint.key) && (one.operator === 'Exists' || (one.value ?? '') === (taint.value ?? '')),
  );
}

/** Init containers run alone, so the greatest of them counts against the sum of the others. */
function requests(pod: Stored<Pod>, name: string): number {
  const of = (container: Stored<Pod>['spec']['containers'][number]) => milliValue(String(container.resources?.requests?.[name] ?? '0'));
  const init = pod.spec.initContainers ?? [];
  const together = [...pod.spec.containers, ...init.filter((one) => one.restartPolicy === 'Always')].reduce((sum, one) => sum + of(one), 0);
  return Math.max(together, ...init.filter((one) => one.restartPolicy !== 'Always').map(of));
}
