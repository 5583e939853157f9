/**
 * Which container of a pod a stream is about, and whether the pod can have streams at all.
 * See kubernetes/pkg/registry/core/pod/strategy.go (validateContainer, LogLocation, streamLocation).
 */
import type { KubeObject, Stored } from '../api/object.ts';
import { badRequest } from '../api/status.ts';

interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string }[];
  readonly ephemeralContainers?: readonly { readonly name: string }[];
}

export const specOf = (pod: Stored<KubeObject>): PodSpec => (pod as unknown as { spec: PodSpec }).spec;

/** @throws ApiError BadRequest */
export function containerOf(pod: Stored<KubeObject>, asked: string | undefined): string {
  const spec = specOf(pod);
  const { name } = pod.metadata;
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])].map((container) => container.name);
  if (asked !== undefined && asked !== '') {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only, ...others] = spec.containers;
  if (only && others.length === 0) return only.name;
  throw badRequest(`a container name must be specified for pod ${name}${only ? `, choose one of: [${all.join(' ')}]` : ''}`);
}

/** @throws ApiError BadRequest for a pod that no kubelet has */
export function requireHost(pod: Stored<KubeObject>): void {
  if (!specOf(pod).nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
}
