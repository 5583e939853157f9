/** ServiceAccount: who a pod is. See pkg/registry/core/serviceaccount/strategy.go. */
import type { KubeObject } from '../api/object.ts';
import { defineKind } from './define.ts';

export interface ServiceAccount extends KubeObject {
  secrets?: { name?: string }[];
  imagePullSecrets?: { name: string }[];
  automountServiceAccountToken?: boolean;
}

export const serviceaccount = defineKind<ServiceAccount>({
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  subresources: ['token'],
  returnsDeleted: true,
});
