/**
 * Near to or far from other pods, where near means: the same value of a node label.
 * See pkg/scheduler/framework/plugins/interpodaffinity/filtering.go.
 */
import type { Stored } from '../../api/object.ts';
import { isEmptySelector, selects } from '../selectors.ts';
import type { Pod, PodAffinityTerm } from '../shapes.ts';
import type { NodeView, Snapshot } from './snapshot.ts';

export type AffinityVerdict = undefined | "node(s) didn't match pod affinity rules" | "node(s) didn't match pod anti-affinity rules" | "node(s) didn't satisfy existing pods anti-affinity rules";

export function checkPodAffinity(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): AffinityVerdict {
  const near = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (near.length > 0 && !near.every((term) => hasNeighbor(pod, term, view, snapshot)) && !isFirstOfItsKind(pod, near, view, snapshot)) {
    return "node(s) didn't match pod affinity rules";
  }
  const far = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (far.some((term) => hasNeighbor(pod, term, view, snapshot))) return "node(s) didn't match pod anti-affinity rules";
  return othersObject(pod, view, snapshot) ? "node(s) didn't satisfy existing pods anti-affinity rules" : undefined;
}

/** Does a pod that the term means run in the same place as this node? */
export function hasNeighbor(owner: Stored<Pod>, term: Stored<PodAffinityTerm>, view: NodeView, snapshot: Snapshot): boolean {
  return neighborsOf(owner, term, view, snapshot) > 0;
}

export function neighborsOf(owner: Stored<Pod>, term: Stored<PodAffinityTerm>, view: NodeView, snapshot: Snapshot): number {
  const place = view.node.metadata.labels?.[term.topologyKey];
  if (place === undefined) return 0;
  const here = snapshot.nodes.filter(({ node }) => node.metadata.labels?.[term.topologyKey] === place);
  return here.reduce((sum, { pods }) => sum + pods.filter((other) => means(owner, term, other, snapshot)).length, 0);
}

function means(owner: Stored<Pod>, term: Stored<PodAffinityTerm>, other: Stored<Pod>, snapshot: Snapshot): boolean {
  const namespace = other.metadata.namespace ?? '';
  const named = term.namespaces ?? [];
  const byLabels = term.namespaceSelector;
  const isMeant =
    named.includes(namespace) ||
    (byLabels !== undefined && (isEmptySelector(byLabels) || selects(byLabels, snapshot.namespaceLabels(namespace)))) ||
    (named.length === 0 && byLabels === undefined && namespace === owner.metadata.namespace);
  return isMeant && selects(term.labelSelector, other.metadata.labels);
}

/** A pod that wants to be near pods like itself may be the first of them. */
function isFirstOfItsKind(pod: Stored<Pod>, terms: readonly Stored<PodAffinityTerm>[], view: NodeView, snapshot: Snapshot): boolean {
  return terms.every(
    (term) =>
      view.node.metadata.labels?.[term.topologyKey] !== undefined &&
      means(pod, term, pod, snapshot) &&
      !snapshot.nodes.some(({ pods }) => pods.some((other) => means(pod, term, other, snapshot))),
  );
}

function othersObject(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): boolean {
  const labels = view.node.metadata.labels ?? {};
  return snapshot.nodes.some(({ node, pods }) =>
    pods.some((other) =>
      (other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
        (term) => labels[term.topologyKey] !== undefined && labels[term.topologyKey] === node.metadata.labels?.[term.topologyKey] && means(other, term, pod, snapshot),
      ),
    ),
  );
}
