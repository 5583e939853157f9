/**
 * DaemonSet: one pod on every node that wants one, replaced node by node when the template changes.
 * See pkg/controller/daemon/{daemon_controller,update}.go.
 */
import { ApiError } from '../api/status.ts';
import type { ObjectKey, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { resolveAmount } from './deployment/arithmetic.ts';
import { currentRevision, HASH_LABEL, trimHistory } from './daemonset/history.ts';
import { nodeOf, pinTo, placementOn } from './daemonset/placement.ts';
import { controllerOf, find, keyOf, list } from './objects.ts';
import { createPod, deletePod, isNamespaceTerminating } from './pod-control.ts';
import { isAvailable, isReady, nextAvailableMs } from './pods.ts';
import { claim, selects } from './selectors.ts';
import type { ControllerRevision, DaemonSet, Node, Pod } from './shapes.ts';

const COMPONENT = 'daemonset-controller';
const GENERATION = 'deprecated.daemonset.template.generation';

export function daemonSetController(context: ControllerContext): Controller {
  const { registry } = context;
  const all = () => list<DaemonSet>(registry, 'daemonsets.apps').map(keyOf);
  return {
    name: 'daemonset',
    watches: [
      { group: 'apps', resource: 'daemonsets', toKeys: (object) => [keyOf(object)] },
      { group: 'apps', resource: 'controllerrevisions', toKeys: (object) => ownedBy(object.metadata) },
      { group: '', resource: 'pods', toKeys: (object) => daemonSetsOf(context, object as unknown as Stored<Pod>) },
      { group: '', resource: 'nodes', toKeys: (object, type, previous) => (type === 'MODIFIED' && !movesDaemons(object as unknown as Stored<Node>, previous as unknown as Stored<Node> | undefined) ? [] : all()) },
    ],
    reconcile: (key) => reconcile(context, key),
  };
}

function ownedBy(metadata: Stored<Pod>['metadata']): readonly ObjectKey[] {
  const owner = controllerOf({ metadata });
  return owner?.kind === 'DaemonSet' ? [{ namespace: metadata.namespace ?? 'default', name: owner.name }] : [];
}

function daemonSetsOf({ registry }: ControllerContext, pod: Stored<Pod>): readonly ObjectKey[] {
  if (controllerOf(pod)) return ownedBy(pod.metadata);
  return list<DaemonSet>(registry, 'daemonsets.apps', pod.metadata.namespace)
    .filter((one) => selects(one.spec.selector, pod.metadata.labels))
    .map(keyOf);
}

/** Labels and taints decide where daemons run; heartbeats do not. */
function movesDaemons(node: Stored<Node>, previous: Stored<Node> | undefined): boolean {
  return previous === undefined || !isEqual(node.metadata.labels, previous.metadata.labels) || !isEqual(node.spec, previous.spec);
}

function reconcile(context: ControllerContext, key: ObjectKey): void | { readonly againAfterMs: number } {
  const { registry, clock } = context;
  const daemonSet = find<DaemonSet>(registry, 'daemonsets.apps', key);
  if (!daemonSet || daemonSet.metadata.deletionTimestamp) return;
  let revision: Stored<ControllerRevision>;
  try {
    revision = currentRevision(context, daemonSet);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    throw error;
  }
  const hash = revision.metadata.labels?.[HASH_LABEL] ?? '';
  const pods = () => claim<Pod>(registry, 'pods', daemonSet, daemonSet.spec.selector);
  const nodes = list<Node>(registry, 'nodes');
  let failure: unknown;
  try {
    place(context, daemonSet, nodes, pods(), hash);
    if (daemonSet.spec.updateStrategy?.type !== 'OnDelete') roll(context, daemonSet, nodes, pods(), hash);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!isNamespaceTerminating(error)) failure = error;
  }
  const now = pods();
  trimHistory(context, daemonSet, revision, new Set(now.map((pod) => pod.metadata.labels?.[HASH_LABEL])));
  writeStatus(context, daemonSet, nodes, now, hash);
  if (failure) throw failure;
  const again = nextAvailableMs(now, daemonSet.spec.minReadySeconds ?? 0, clock.unixMs());
  return again === undefined ? undefined : { againAfterMs: again };
}

function byNode(pods: readonly Stored<Pod>[]): Map<string, Stored<Pod>[]> {
  const there = new Map<string, Stored<Pod>[]>();
  for (const pod of pods) {
    const node = nodeOf(pod);
    if (node === undefined) continue;
    there.set(node, [...(there.get(node) ?? []), pod]);
  }
  return there;
}

/** Makes what is missing, removes what is too many or in the wrong place, replaces what failed. */
function place(context: ControllerContext, daemonSet: Stored<DaemonSet>, nodes: readonly Stored<Node>[], pods: readonly Stored<Pod>[], hash: string): void {
  const there = byNode(pods);
  for (const node of nodes) {
    const name = node.metadata.name;
    const here = (there.get(name) ?? []).filter((pod) => !pod.metadata.deletionTimestamp);
    const { shouldRun, shouldStay } = placementOn(daemonSet, node);
    if (!shouldStay) {
      for (const pod of here) deletePod(context, COMPONENT, daemonSet, pod);
      continue;
    }
    const failed = here.filter((pod) => pod.status?.phase === 'Failed');
    for (const pod of failed) {
      const message = `Found failed daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${name}, will try to kill it`;
      context.record({ object: daemonSet, type: 'Warning', reason: 'FailedDaemonPod', message, component: COMPONENT });
      deletePod(context, COMPONENT, daemonSet, pod);
    }
    const [, ...surplus] = here.filter((pod) => !failed.includes(pod)).sort((a, b) => created(a) - created(b));
    // A surge keeps two of different revisions for a while; the rollout ends that.
    for (const pod of surplus) if (surgeOf(daemonSet) === 0) deletePod(context, COMPONENT, daemonSet, pod);
    const isLeaving = (there.get(name) ?? []).length > here.length;
    if (shouldRun && here.length === 0 && !isLeaving) create(context, daemonSet, name, hash);
  }
}

const created = (pod: Stored<Pod>) => Date.parse(pod.metadata.creationTimestamp ?? '') || 0;
const surgeOf = (daemonSet: Stored<DaemonSet>) => resolveAmount(daemonSet.spec.updateStrategy?.rollingUpdate?.maxSurge, 100, 'up');

function create(context: ControllerContext, daemonSet: Stored<DaemonSet>, nodeName: string, hash: string): void {
  createPod(context, COMPONENT, daemonSet, daemonSet.spec.template, (pod) => {
    pod.metadata.labels = { ...pod.metadata.labels, [HASH_LABEL]: hash, 'pod-template-generation': daemonSet.metadata.annotations?.[GENERATION] ?? String(daemonSet.metadata.generation ?? 1) };
    pinTo(pod, nodeName);
  });
}

/** Old pods that serve nobody go at once; of the others as many as may be unavailable. With a surge the new one comes first. */
function roll(context: ControllerContext, daemonSet: Stored<DaemonSet>, nodes: readonly Stored<Node>[], pods: readonly Stored<Pod>[], hash: string): void {
  const wanted = nodes.filter((node) => placementOn(daemonSet, node).shouldRun);
  const rolling = daemonSet.spec.updateStrategy?.rollingUpdate;
  const maxSurge = resolveAmount(rolling?.maxSurge, wanted.length, 'up');
  const maxUnavailable = resolveAmount(rolling?.maxUnavailable ?? 1, wanted.length, 'up');
  const available = (pod: Stored<Pod>) => !pod.metadata.deletionTimestamp && isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, context.clock.unixMs());
  const there = byNode(pods);
  let unavailable = 0;
  let surging = 0;
  const candidates: Stored<Pod>[] = [];
  const waiting: string[] = [];
  for (const node of wanted) {
    const here = there.get(node.metadata.name) ?? [];
    const fresh = here.find((pod) => pod.metadata.labels?.[HASH_LABEL] === hash && !pod.metadata.deletionTimestamp);
    const old = here.filter((pod) => pod.metadata.labels?.[HASH_LABEL] !== hash && !pod.metadata.deletionTimestamp);
    if (maxSurge > 0 && old.length > 0) {
      if (fresh) {
        if (available(fresh)) for (const pod of old) deletePod(context, COMPONENT, daemonSet, pod);
        else surging++;
      } else waiting.push(node.metadata.name);
      continue;
    }
    if (!here.some(available)) unavailable++;
    for (const pod of old) {
      if (available(pod)) candidates.push(pod);
      else deletePod(context, COMPONENT, daemonSet, pod);
    }
  }
  for (const name of waiting.slice(0, Math.max(0, maxSurge - surging))) create(context, daemonSet, name, hash);
  for (const pod of candidates.slice(0, Math.max(0, maxUnavailable - unavailable))) deletePod(context, COMPONENT, daemonSet, pod);
}

function writeStatus({ registry, clock }: ControllerContext, daemonSet: Stored<DaemonSet>, nodes: readonly Stored<Node>[], pods: readonly Stored<Pod>[], hash: string): void {
  const there = byNode(pods);
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
  for (const node of nodes) {
    const here = there.get(node.metadata.name) ?? [];
    if (!placementOn(daemonSet, node).shouldRun) {
      if (here.length > 0) counts.misscheduled++;
      continue;
    }
    counts.desired++;
    const [first] = [...here].sort((a, b) => created(a) - created(b));
    if (!first) continue;
    counts.current++;
    if (here.some((pod) => isReady(pod))) counts.ready++;
    if (here.some((pod) => isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, clock.unixMs()))) counts.available++;
    if (here.some((pod) => pod.metadata.labels?.[HASH_LABEL] === hash && !pod.metadata.deletionTimestamp)) counts.updated++;
  }
  const status = {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: daemonSet.metadata.generation ?? 1,
    ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
    ...(counts.available > 0 && { numberAvailable: counts.available }),
    ...(counts.desired - counts.available > 0 && { numberUnavailable: counts.desired - counts.available }),
    ...(daemonSet.status?.collisionCount !== undefined && { collisionCount: daemonSet.status.collisionCount }),
  };
  if (!isEqual(status, daemonSet.status)) registry.update('daemonsets.apps', { ...draft<DaemonSet>(daemonSet), status } as DaemonSet, { subresource: 'status' });
}
