/** The cluster as one scheduling decision sees it: nodes, and which pods take room on each. */
import type { Stored } from '../../api/object.ts';
import type { Registry } from '../../kinds/registry.ts';
import { list } from '../objects.ts';
import { isFinished } from '../pods.ts';
import type { Namespace, Node, Pod } from '../shapes.ts';

export interface NodeView {
  readonly node: Stored<Node>;
  /** Bound here and not finished; terminating ones still hold their room. */
  readonly pods: readonly Stored<Pod>[];
}

export interface Snapshot {
  readonly nodes: readonly NodeView[];
  /** Labels of a namespace, for affinity terms that select by them. */
  namespaceLabels(name: string): Readonly<Record<string, string>>;
}

export function takeSnapshot(registry: Registry): Snapshot {
  const pods = new Map<string, Stored<Pod>[]>();
  for (const pod of list<Pod>(registry, 'pods')) {
    if (!pod.spec.nodeName || isFinished(pod)) continue;
    const there = pods.get(pod.spec.nodeName);
    if (there) there.push(pod);
    else pods.set(pod.spec.nodeName, [pod]);
  }
  return {
    nodes: list<Node>(registry, 'nodes').map((node) => ({ node, pods: pods.get(node.metadata.name) ?? [] })),
    namespaceLabels: (name) => (registry.find('namespaces', name) as Stored<Namespace> | undefined)?.metadata.labels ?? {},
  };
}
