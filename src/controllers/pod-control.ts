/**
 * Making and removing the pods of a workload, each with its event. See RealPodControl in
 * pkg/controller/controller_utils.go.
 */
import { ApiError } from '../api/status.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { ControllerContext } from './controller.ts';
import { draft } from '../api/deep.ts';
import { controllerReference } from './objects.ts';
import type { Pod, PodTemplate } from './shapes.ts';

/** @throws ApiError after recording FailedCreate, unless the namespace is being deleted: then there is nothing to say */
export function createPod(context: ControllerContext, component: string, owner: Stored<KubeObject>, template: Stored<PodTemplate>, change?: (pod: Pod) => void): Stored<Pod> {
  const namespace = owner.metadata.namespace ?? 'default';
  // Of the template's metadata only these are copied: a name in it means nothing.
  const { labels, annotations, finalizers } = draft(template.metadata ?? {}) as Pod['metadata'];
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      generateName: `${owner.metadata.name}-`,
      namespace,
      ownerReferences: [controllerReference(owner)],
    } as Pod['metadata'],
    spec: draft(template.spec) as Pod['spec'],
  };
  change?.(pod);
  try {
    const created = context.registry.create('pods', pod, { namespace }) as unknown as Stored<Pod>;
    context.record({ object: owner, type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${created.metadata.name}`, component });
    return created;
  } catch (error) {
    if (error instanceof ApiError && !isNamespaceTerminating(error)) {
      context.record({ object: owner, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}`, component });
    }
    throw error;
  }
}

export function deletePod(context: ControllerContext, component: string, owner: Stored<KubeObject>, pod: Stored<Pod>): void {
  try {
    context.registry.delete('pods', pod.metadata.name, pod.metadata.namespace, { preconditions: { uid: pod.metadata.uid ?? '' } });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status.reason === 'NotFound' || error.status.reason === 'Conflict') return;
    context.record({ object: owner, type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${error.message}`, component });
    throw error;
  }
  context.record({ object: owner, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}`, component });
}

/** The server refuses new objects in a namespace that is going away; nobody needs to hear of that. */
export function isNamespaceTerminating(error: unknown): boolean {
  return error instanceof ApiError && (error.status.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating');
}
