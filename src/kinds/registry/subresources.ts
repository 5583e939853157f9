/**
 * POST to a part of an object: a pod's binding and eviction, a service account's token.
 * See pkg/registry/core/pod/storage/{storage,eviction}.go and pkg/registry/core/serviceaccount/storage/token.go.
 */
import { draft } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { matchesLabelSelectorObject, type LabelSelector } from '../../api/selector.ts';
import { badRequest, conflict, internal, methodNotSupported, success, tooManyRequests, type Status } from '../../api/status.ts';
import { timestamp } from '../../api/time.ts';
import type { Loose } from '../define.ts';
import type { Kind, Subresource } from '../kind.ts';
import type { Registry, WriteOptions } from '../registry.ts';
import type { DeleteOptions } from './deletion.ts';

export type SubresourceOptions = WriteOptions;

interface Request {
  readonly name: string;
  readonly namespace: string;
  readonly subresource: Subresource;
  readonly body: KubeObject;
  readonly options: SubresourceOptions;
}

/** @throws ApiError */
export function createSubresource(registry: Registry, kind: Kind, request: Request): Stored<KubeObject> | Status {
  const what = `${kind.plural}/${request.subresource}`;
  switch (what) {
    case 'pods/binding':
      return bind(registry, kind, request);
    case 'pods/eviction':
      return evict(registry, kind, request);
    case 'serviceaccounts/token':
      return issueToken(registry, kind, request);
    default:
      throw methodNotSupported(kind, 'create');
  }
}

/** The scheduler's word: this pod runs on that node. */
function bind(registry: Registry, kind: Kind, { name, namespace, body, options }: Request): Status {
  const target = (body as Loose)['target'] as { kind?: string; name?: string } | undefined;
  if (!target?.name) throw badRequest('Binding.target.name: Required value');
  const pod = draft<KubeObject>(registry.get(kind, name, namespace)) as Loose;
  if (pod.metadata.deletionTimestamp) throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod['spec'].nodeName) throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} is already assigned to node "${pod['spec'].nodeName}"`);
  if ((pod['spec'].schedulingGates ?? []).length > 0) throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} has non-empty .spec.schedulingGates`);
  pod['spec'].nodeName = target.name;
  const conditions = ((pod['status'] ??= {}).conditions ??= []) as { type: string; status: string }[];
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(registry.clock.unixMs()) };
  const at = conditions.findIndex((condition) => condition.type === 'PodScheduled');
  if (at < 0) conditions.push(scheduled);
  else conditions[at] = scheduled;
  Object.assign((pod.metadata.annotations ??= {}), body.metadata.annotations ?? {});
  if (Object.keys(pod.metadata.annotations).length === 0) delete pod.metadata.annotations;
  if (!options.dryRun) registry.writeBound(kind, pod);
  return { ...success(), code: 201 };
}

/** A polite deletion: not while a disruption budget forbids it. */
function evict(registry: Registry, kind: Kind, { name, namespace, body, options }: Request): Status {
  const pod = registry.get(kind, name, namespace) as Loose;
  const deleteOptions = ((body as Loose)['deleteOptions'] ?? {}) as DeleteOptions & { dryRun?: unknown };
  const phase = pod['status']?.phase as string | undefined;
  const countsForBudget = phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending' && !pod.metadata.deletionTimestamp;
  const budgets = (registry.list('poddisruptionbudgets.policy', { namespace }).items as unknown as Loose[]).filter((pdb) => matchesLabelSelectorObject(pdb['spec']?.selector as LabelSelector | undefined, pod.metadata.labels));
  if (countsForBudget && budgets.length > 1) throw internal('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const budget = countsForBudget ? budgets[0] : undefined;
  if (budget && !isUnhealthyAndFree(pod, budget)) {
    const status = (budget['status'] ?? {}) as BudgetStatus;
    if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
      throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10, [{ reason: 'DisruptionBudget', message: `The disruption budget ${budget.metadata.name} is still being processed by the server.` }]);
    }
    if ((status.disruptionsAllowed ?? 0) <= 0) {
      throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 0, [
        { reason: 'DisruptionBudget', message: `The disruption budget ${budget.metadata.name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently` },
      ]);
    }
    const next = draft<KubeObject>(budget as unknown as Stored<KubeObject>) as Loose;
    next['status'].disruptionsAllowed -= 1;
    next['status'].disruptedPods = { ...next['status'].disruptedPods, [name]: timestamp(registry.clock.unixMs()) };
    if (!options.dryRun) registry.updateStatus('poddisruptionbudgets.policy', next);
  }
  registry.delete(kind, name, namespace, { ...deleteOptions, dryRun: options.dryRun === true || (Array.isArray(deleteOptions.dryRun) && deleteOptions.dryRun.length > 0) });
  return { ...success(), code: 201 };
}

interface BudgetStatus {
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly observedGeneration?: number;
}

/** A pod that serves nobody costs its budget nothing: always where `unhealthyPodEvictionPolicy` says so, else while enough others are healthy. */
function isUnhealthyAndFree(pod: Loose, budget: Loose): boolean {
  const conditions = (pod['status']?.conditions ?? []) as readonly { type: string; status: string }[];
  if (conditions.some((one) => one.type === 'Ready' && one.status === 'True')) return false;
  if (budget['spec']?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = (budget['status'] ?? {}) as BudgetStatus;
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

function issueToken(registry: Registry, kind: Kind, { name, namespace, body }: Request): Stored<KubeObject> {
  const account = registry.get(kind, name, namespace);
  if (!registry.tokenIssuer) throw internal('this server has no service account key');
  const request = draft<KubeObject>(body) as Loose;
  const spec = (request['spec'] ??= {}) as { audiences?: string[]; expirationSeconds?: number; boundObjectRef?: unknown };
  spec.expirationSeconds ??= 3600;
  spec.audiences ??= ['https://kubernetes.default.svc.cluster.local'];
  request.metadata = { ...request.metadata, name, namespace, creationTimestamp: timestamp(registry.clock.unixMs()) };
  request['status'] = registry.tokenIssuer({
    namespace,
    serviceAccount: name,
    uid: account.metadata.uid ?? '',
    audiences: spec.audiences,
    expirationSeconds: spec.expirationSeconds,
    ...(spec.boundObjectRef !== undefined && { boundObject: spec.boundObjectRef }),
  });
  return request as unknown as Stored<KubeObject>;
}
