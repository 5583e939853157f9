/**
 * Which nodes a pod asks for: nodeSelector and node affinity. Terms are alternatives, requirements of a term all hold.
 * See component-helpers/scheduling/corev1/nodeaffinity.
 */
import type { Stored } from '../../api/object.ts';
import { holds } from '../../api/selector.ts';
import type { Node, NodeRequirement, NodeSelectorTerm, Pod } from '../shapes.ts';

/** `nodeSelector` and `requiredDuringSchedulingIgnoredDuringExecution` together. */
export function wantsNode(spec: Stored<Pod['spec']>, node: Stored<Node>): boolean {
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) {
    if (node.metadata.labels?.[key] !== value) return false;
  }
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** A term without requirements matches nothing. */
export function matchesTerm(term: Stored<NodeSelectorTerm>, node: Stored<Node>): boolean {
  const labels = node.metadata.labels ?? {};
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  return expressions.every((one) => asks(one, labels[one.key])) && fields.every((one) => asks(one, one.key === 'metadata.name' ? node.metadata.name : undefined));
}

/** The sum of the weights of the preferred terms that match. */
export function preference(spec: Stored<Pod['spec']>, node: Stored<Node>): number {
  const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.reduce((sum, { weight, preference: term }) => sum + (matchesTerm(term, node) ? weight : 0), 0);
}

/** The only nodes that `metadata.name` terms allow (pods of a DaemonSet); undefined when they say nothing of names. */
export function namedNodes(spec: Stored<Pod['spec']>): ReadonlySet<string> | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const names = new Set<string>();
  for (const term of terms) {
    const field = term.matchFields?.find((one) => one.key === 'metadata.name' && one.operator === 'In');
    if (!field) return undefined;
    for (const name of field.values ?? []) names.add(name);
  }
  return names.size === 0 ? undefined : names;
}

function asks({ operator, values }: Stored<NodeRequirement>, value: string | undefined): boolean {
  return holds(operator, values ?? [], value);
}
