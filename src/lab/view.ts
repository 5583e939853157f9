/** A cluster with everything that writes taken away: what a checker may do. */
import type { Cluster } from '../cluster/cluster.ts';
import { Api } from './api.ts';
import type { CheckerScripts, ClusterView, KubernetesObject } from './checker.ts';

/** Commands of a check end after this long, whatever they do: a check as a whole has 30 seconds. */
const EXEC_TIMEOUT_MS = 12_000;

/** @param signal ends every question of the check */
export function clusterView(cluster: Cluster, signal: AbortSignal, api = new Api(cluster), scripts?: CheckerScripts): ClusterView {
  return {
    signal,
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
  };
}
