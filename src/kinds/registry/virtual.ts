/**
 * Kinds that are questions: a POST is answered, nothing is stored. Who may do what is for the server's authorizer to
 * say; nobody else says yes.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import { timestamp } from '../../api/time.ts';
import type { Loose } from '../define.ts';
import type { Kind } from '../kind.ts';
import type { Registry, UserInfo, WriteOptions } from '../registry.ts';
import { createSubresource } from './subresources.ts';

const ADMIN: UserInfo = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };

export function answerVirtual(registry: Registry, kind: Kind, object: KubeObject, options: WriteOptions): Stored<KubeObject> {
  const user = options.user ?? ADMIN;
  const answer = object as Loose;
  switch (kind.kind) {
    case 'SelfSubjectAccessReview':
    case 'SubjectAccessReview':
    case 'LocalSubjectAccessReview':
      answer['status'] = { allowed: false };
      break;
    case 'SelfSubjectRulesReview':
      answer['status'] = { resourceRules: [], nonResourceRules: [], incomplete: false };
      break;
    case 'SelfSubjectReview':
      answer.metadata.creationTimestamp = timestamp(registry.clock.unixMs());
      answer['status'] = { userInfo: { username: user.username, ...(user.uid && { uid: user.uid }), groups: [...user.groups], ...(user.extra && { extra: user.extra }) } };
      break;
    case 'TokenReview':
      answer['status'] = registry.tokenReviewer?.(answer['spec']?.token ?? '') ?? { user: {}, error: '[invalid bearer token]' };
      break;
    case 'Binding':
      return createSubresource(registry, registry.resolve('pods'), {
        name: object.metadata.name,
        namespace: object.metadata.namespace ?? 'default',
        subresource: 'binding',
        body: object,
        options,
      }) as unknown as Stored<KubeObject>;
  }
  return object as Stored<KubeObject>;
}
