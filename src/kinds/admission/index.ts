/**
 * What a request passes before it is stored, in the order of the real server's default plug-ins.
 * A plug-in changes the object or refuses it; it never writes.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import type { Kind, Subresource } from '../kind.ts';
import type { Registry, WriteOptions } from '../registry.ts';
import { certificateRequestor } from './certificate-requestor.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { podSecurity } from './pod-security.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceAccount } from './service-account.ts';
import { claimResize, defaultStorageClass, storageProtection } from './storage.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

export interface AdmissionRequest {
  readonly registry: Registry;
  readonly kind: Kind;
  /** May be changed. */
  readonly object: KubeObject;
  readonly previous?: Stored<KubeObject>;
  readonly options: WriteOptions & { readonly subresource?: Subresource };
}

export interface Admission {
  readonly name: string;
  /** @throws ApiError Forbidden and the like */
  create?(request: AdmissionRequest): void;
  update?(request: AdmissionRequest): void;
  /** After the object was found valid: refuses or warns, and changes nothing. */
  judgeCreate?(request: AdmissionRequest): void;
  judgeUpdate?(request: AdmissionRequest): void;
}

/** Differs from Kubernetes: admission policies and webhooks are not there. */
const plugins: readonly Admission[] = [namespaceLifecycle, limitRanger, serviceAccount, taintNodesByCondition, priority, defaultTolerationSeconds, defaultStorageClass, storageProtection, claimResize, defaultIngressClass, certificateRequestor, podSecurity, resourceQuota];

export function admitCreate(request: AdmissionRequest): void {
  for (const plugin of plugins) plugin.create?.(request);
}

export function admitUpdate(request: AdmissionRequest): void {
  for (const plugin of plugins) plugin.update?.(request);
}

/** The validating plug-ins: once validation is through. */
export function judgeCreate(request: AdmissionRequest): void {
  for (const plugin of plugins) plugin.judgeCreate?.(request);
}

export function judgeUpdate(request: AdmissionRequest): void {
  for (const plugin of plugins) plugin.judgeUpdate?.(request);
}
