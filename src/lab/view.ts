/** A cluster with everything that writes taken away: what a checker may do. */
import type { Cluster } from '../cluster/cluster.ts';
import { Api, Refused } from './api.ts';
import type { CheckerScripts, ClusterView, KubernetesObject } from './checker.ts';

/** Commands of a check end after this long, whatever they do: a check as a whole has 30 seconds. */
const EXEC_TIMEOUT_MS = 12_000;

/** @param signal ends every question of the check */
export function clusterView(cluster: Cluster, signal: AbortSignal, api = new Api(cluster), scripts?: CheckerScripts): ClusterView {
  return {
    signal,
    ...(cluster.info.machines ? { machines: cluster.info.machines } : {}),
    ...(scripts ? { scripts } : {}),
    async get(resource, name, namespace) {
      signal.throwIfAborted();
      return (await api.get(await api.path(resource, namespace, name))) as KubernetesObject | undefined;
    },
    async list(resource, namespace, labelSelector) {
      signal.throwIfAborted();
      const path = await api.path(resource, namespace);
      const list = await api.get(labelSelector === undefined ? path : `${path}?labelSelector=${encodeURIComponent(labelSelector)}`);
      return (list as { readonly items: readonly KubernetesObject[] } | undefined)?.items ?? [];
    },
    async exec(where, command) {
      signal.throwIfAborted();
      return cluster.exec(where, command, { timeoutMs: EXEC_TIMEOUT_MS });
    },
    async logs(pod, namespace, { container, previous } = {}) {
      signal.throwIfAborted();
      const query = new URLSearchParams({ ...(container === undefined ? {} : { container }), ...(previous ? { previous: 'true' } : {}), limitBytes: '262144' });
      const log = await api.get(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`).catch(unlessNotYet);
      return log === undefined ? undefined : typeof log === 'string' ? log : JSON.stringify(log);
    },
    async mayDo({ user, groups = [] }, { verb, resource, namespace, name }) {
      signal.throwIfAborted();
      const [whole, subresource] = resource.split('/') as [string, string | undefined];
      const dot = whole.indexOf('.');
      const resourceAttributes = { verb, resource: dot < 0 ? whole : whole.slice(0, dot), group: dot < 0 ? '' : whole.slice(dot + 1), ...(subresource ? { subresource } : {}), ...(namespace ? { namespace } : {}), ...(name ? { name } : {}) };
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, groups, resourceAttributes } };
      const answer = (await api.send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review)) as { readonly status?: { readonly allowed?: boolean } };
      return answer.status?.allowed === true;
    },
  };
}

/** A container that has not started yet has no logs: the server calls the question a bad one. */
function unlessNotYet(error: unknown): undefined {
  if (error instanceof Refused && error.status === 400) return undefined;
  throw error;
}
