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
  /** Promised a place here by preemption, and not bound yet. */
  readonly nominated: readonly Stored<Pod>[];
}

export interface Snapshot {
  readonly nodes: readonly NodeView[];
  /** Labels of a namespace, for affinity terms that select by them. */
  namespaceLabels(name: string): Readonly<Record<string, string>>;
}

export function takeSnapshot(registry: Registry): Snapshot {
  const pods = new Map<string, Stored<Pod>[]>();
  const nominated = new Map<string, Stored<Pod>[]>();
  for (const pod of list<Pod>(registry, 'pods')) {
    if (isFinished(pod)) continue;
    const promised = pod.metadata.deletionTimestamp ? undefined : pod.status?.nominatedNodeName;
    if (pod.spec.nodeName) add(pods, pod.spec.nodeName, pod);
    else if (promised) add(nominated, promised, pod);
  }
  const at = (where: typeof pods, { metadata: { name } }: Stored<Node>) => where.get(name) ?? [];
  return {
    nodes: list<Node>(registry, 'nodes').map((node) => ({ node, pods: at(pods, node), nominated: at(nominated, node) })),
    namespaceLabels: (name) => (registry.find('namespaces', name) as Stored<Namespace> | undefined)?.metadata.labels ?? {},
  };
}

/** The node as a pod finds it that must leave room for those who were promised a place and are as important as itself. */
export function besidePromised(pod: Stored<Pod>, view: NodeView): NodeView {
  const others = view.nominated.filter((other) => other.metadata.uid !== pod.metadata.uid && priorityOf(other) >= priorityOf(pod));
  return others.length === 0 ? view : { ...view, pods: [...view.pods, ...others] };
}

/** What its class says; 0 without one. */
export const priorityOf = (pod: Stored<Pod>): number => pod.spec.priority ?? 0;

function add(where: Map<string, Stored<Pod>[]>, node: string, pod: Stored<Pod>): void {
  const there = where.get(node);
  if (there) there.push(pod);
  else where.set(node, [pod]);
}
