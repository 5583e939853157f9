/**
 * What a check of the Pod Security Standards is, and the words they share. See k8s.io/pod-security-admission/policy.
 */
import type { Stored } from '../../api/object.ts';
import type { Container, Pod, PodSpec } from '../pod/types.ts';

export type JudgedPod = Pick<Stored<Pod>, 'metadata' | 'spec'>;

/** Why a pod is not allowed: `hostPort`, and which container uses which. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type Check = (pod: JudgedPod) => Violation | undefined;

/** As much of a security context as the checks look at. */
export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly seccompProfile?: { readonly type: string };
  readonly appArmorProfile?: { readonly type: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly sysctls?: readonly { readonly name: string }[];
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

export type JudgedContainer = Stored<Container>;

/** Init containers, containers, ephemeral ones: in this order they are named. */
export function containersOf(spec: Stored<PodSpec>): readonly JudgedContainer[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

export const contextOf = (of: { readonly securityContext?: Readonly<Record<string, unknown>> }): SecurityContext => (of.securityContext ?? {}) as SecurityContext;

/** `container "a"`, `containers "a", "b"` */
export const named = (noun: string, names: readonly string[]): string => `${noun}${names.length === 1 ? '' : 's'} ${quoted(names)}`;

export const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');

/** Each once, in order. */
export const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].toSorted();

/** The names of containers of which something holds. */
export function containersWhere(pod: JudgedPod, holds: (context: SecurityContext, container: JudgedContainer) => boolean): readonly string[] {
  return containersOf(pod.spec).filter((container) => holds(contextOf(container), container)).map(({ name }) => name);
}

/** Who set something wrong, of a field that pods and containers both have: `pod and container "a"`. */
export function settersOf(pod: JudgedPod, isWrong: (context: SecurityContext) => boolean): string | undefined {
  const containers = containersWhere(pod, isWrong);
  const setters = [...(isWrong(contextOf(pod.spec)) ? ['pod'] : []), ...(containers.length > 0 ? [named('container', containers)] : [])];
  return setters.length === 0 ? undefined : setters.join(' and ');
}

/** The values of a field wherever it is set. */
export function valuesOf(pod: JudgedPod, value: (context: SecurityContext) => string | undefined): readonly string[] {
  return distinct([pod.spec, ...containersOf(pod.spec)].flatMap((each) => value(contextOf(each)) ?? []));
}
