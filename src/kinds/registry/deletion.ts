/**
 * What a DELETE does to an object: remove it, or mark it and let somebody finish (a kubelet, a finalizer's owner).
 * See apiserver/pkg/registry/rest/delete.go and pkg/registry/core/pod/strategy.go.
 */
import { draft } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { badRequest, conflict, forbidden, success } from '../../api/status.ts';
import { parseTimestamp, timestamp } from '../../api/time.ts';
import type { Loose } from '../define.ts';
import type { Kind } from '../kind.ts';

export interface DeleteOptions {
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
  readonly dryRun?: boolean | undefined;
}

export type DeletionPlan =
  | { readonly type: 'remove'; readonly answer: Stored<KubeObject> }
  | { readonly type: 'update'; readonly object: KubeObject; readonly answer: Stored<KubeObject> };

const PROTECTED_NAMESPACES = new Set(['default', 'kube-system', 'kube-public']);

/** @throws ApiError */
export function planDeletion(kind: Kind, current: Stored<KubeObject>, options: DeleteOptions, nowUnixMs: number): DeletionPlan {
  const { metadata } = current;
  const { uid, resourceVersion } = options.preconditions ?? {};
  if (uid && uid !== metadata.uid) throw conflict(kind, metadata.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw conflict(kind, metadata.name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`);
  }
  if (kind.plural === 'namespaces' && PROTECTED_NAMESPACES.has(metadata.name)) throw forbidden(kind, metadata.name, 'this namespace may not be deleted');
  if (options.gracePeriodSeconds !== undefined && options.gracePeriodSeconds < 0) throw badRequest('gracePeriodSeconds must not be negative');

  const next = draft<KubeObject>(current);
  addFinalizers(next, options.propagationPolicy);
  if (kind.finalizesWith && !metadata.deletionTimestamp) next.metadata.finalizers = [...(next.metadata.finalizers ?? []), kind.finalizesWith];
  const grace = gracePeriod(kind, current, options);
  const waits = (next.metadata.finalizers?.length ?? 0) > 0 || namespaceWaits(kind, next);
  if (grace === 0 && !waits) return { type: 'remove', answer: answerFor(kind, current) };

  if (metadata.deletionTimestamp) shortenGrace(next, grace);
  else {
    next.metadata.deletionTimestamp = timestamp(nowUnixMs + grace * 1000);
    next.metadata.deletionGracePeriodSeconds = grace;
    // Deletion is a change of what is wanted, where generations are counted.
    if (next.metadata.generation !== undefined) next.metadata.generation += 1;
    if (kind.plural === 'namespaces') (next as Loose)['status'] = { ...(next as Loose)['status'], phase: 'Terminating' };
  }
  // A namespace's own clock shows no grace period.
  if (kind.plural === 'namespaces') delete next.metadata.deletionGracePeriodSeconds;
  return { type: 'update', object: next, answer: next as Stored<KubeObject> };
}

function addFinalizers(object: KubeObject, policy: DeleteOptions['propagationPolicy']): void {
  if (policy === undefined) return;
  const wanted = policy === 'Foreground' ? 'foregroundDeletion' : policy === 'Orphan' ? 'orphan' : undefined;
  const finalizers = (object.metadata.finalizers ?? []).filter((finalizer) => finalizer !== 'foregroundDeletion' && finalizer !== 'orphan');
  if (wanted) finalizers.push(wanted);
  if (finalizers.length > 0) object.metadata.finalizers = finalizers;
  else delete object.metadata.finalizers;
}

/** Only pods end gracefully, and only when a kubelet has them. */
function gracePeriod(kind: Kind, current: Stored<KubeObject>, options: DeleteOptions): number {
  if (kind.group !== '' || kind.plural !== 'pods') return 0;
  const pod = current as Loose;
  const phase = (pod['status'] as { phase?: string } | undefined)?.phase;
  const spec = pod['spec'] as { nodeName?: string; terminationGracePeriodSeconds?: number };
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const asked = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  return current.metadata.deletionTimestamp && options.gracePeriodSeconds === undefined ? (current.metadata.deletionGracePeriodSeconds ?? asked) : asked;
}

function namespaceWaits(kind: Kind, object: KubeObject): boolean {
  return kind.plural === 'namespaces' && (((object as Loose)['spec'] as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0;
}

/** A second DELETE can hurry the end, never postpone it. */
function shortenGrace(object: KubeObject, grace: number): void {
  const { deletionTimestamp, deletionGracePeriodSeconds: before } = object.metadata;
  if (before === undefined || grace >= before) return;
  const began = parseTimestamp(deletionTimestamp)! - before * 1000;
  object.metadata.deletionTimestamp = timestamp(began + grace * 1000);
  object.metadata.deletionGracePeriodSeconds = grace;
}

/** Most kinds answer with a Status that names what is gone. */
function answerFor(kind: Kind, object: Stored<KubeObject>): Stored<KubeObject> {
  if (kind.returnsDeleted) return object;
  const details = { name: object.metadata.name, ...(kind.group && { group: kind.group }), kind: kind.plural, ...(object.metadata.uid && { uid: object.metadata.uid }) };
  return success(details) as unknown as Stored<KubeObject>;
}
