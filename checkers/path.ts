/**
 * How a lab file points into an object: `spec.ports[port=80].targetPort`, `metadata.labels['a.b/c']`, `spec.containers[*].image`.
 * Not a checker: what several of them share. Lists are never addressed by position, because their order is not the learner's concern.
 */
import type { ClusterView, KubernetesObject } from '../src/lab/checker.ts';

type Segment = { readonly key: string } | { readonly every: true } | { readonly where: string; readonly equals: string };

/** Text to segments. @throws Error with a sentence about what is wrong */
export function parsePath(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  const token = /\.?([A-Za-z0-9_-]+)|\.?\['([^']+)'\]|\[(\*)\]|\[([A-Za-z]+)=([^\]]+)\]/y;
  while (token.lastIndex < text.length) {
    const start = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new Error(`the path \`${text}\` cannot be read at \`${text.slice(start)}\``);
    const [, plain, quoted, star, where, equals] = match;
    if (star) segments.push({ every: true });
    else if (where !== undefined && equals !== undefined) segments.push({ where, equals });
    else segments.push({ key: (plain ?? quoted)! });
  }
  return segments;
}

/** Every value that the path leads to. */
export function valuesAt(object: unknown, path: string): readonly unknown[] {
  let values: readonly unknown[] = [object];
  for (const segment of parsePath(path)) values = values.flatMap((value) => step(value, segment));
  return values;
}

function step(value: unknown, segment: Segment): readonly unknown[] {
  if ('key' in segment) {
    const next = (value as Record<string, unknown> | null | undefined)?.[segment.key];
    return next === undefined ? [] : [next];
  }
  if ('every' in segment) return Array.isArray(value) ? value : [];
  // Of a list those that fit; of a single object itself, if it does: `sources[*].serviceAccountToken[audience=vault]`.
  return (Array.isArray(value) ? value : [value]).filter((item) => String((item as Record<string, unknown> | null)?.[segment.where]) === segment.equals);
}

/** The first value as text; undefined when there is none, or when it is no plain value. */
export function textAt(object: unknown, path: string): string | undefined {
  const value = valuesAt(object, path)[0];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A text with `{services/web:spec.clusterIP}` in it, filled in from the cluster; or why that cannot be done. */
export type Filled = { readonly text: string } | { readonly missing: string };

/** Fill in references: `{pods/east:status.podIP}`, or with a namespace `{services/shop/web:spec.clusterIP}`. */
export async function fill(template: string, namespace: string | undefined, cluster: ClusterView): Promise<Filled> {
  let text = template;
  for (const [whole, resource, first, second, path] of template.matchAll(/\{([a-z0-9.]+)\/([^/:}]+)(?:\/([^/:}]+))?:([^}]+)\}/g)) {
    const name = second ?? first!;
    const home = second === undefined ? namespace : first;
    // A node may be named by the end of its name (`-worker`), for clusters differ in what comes before.
    const isEnd = resource === 'nodes' && name.startsWith('-');
    const object = isEnd ? (await cluster.list('nodes')).find(({ metadata }) => metadata.name.endsWith(name)) : await cluster.get(resource!, name, home);
    if (!object) return { missing: `${nameOf(resource!, name, home)} does not exist` };
    const value = textAt(object, path!);
    if (value === undefined || value === '') return { missing: `${nameOf(resource!, name, home)} has no ${path} yet` };
    // By a function: `$&` in a value is text.
    text = text.replace(whole, () => value.trim());
  }
  return { text };
}

/** `pod "web" in namespace "shop"`, as a learner would say it. */
export function nameOf(resource: string, name: string, namespace?: string): string {
  return `${singular(resource)} "${name}"${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
}

/** Kinds of more than one word as Kubernetes writes them; pods, nodes and kinds of a pack's own in plain words. */
const KINDS = ['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'CronJob', 'CustomResourceDefinition', 'DaemonSet', 'Deployment', 'EndpointSlice', 'HorizontalPodAutoscaler', 'Ingress', 'Job', 'LimitRange', 'NetworkPolicy', 'PersistentVolume', 'PersistentVolumeClaim', 'PodDisruptionBudget', 'PriorityClass', 'ReplicaSet', 'ResourceQuota', 'Role', 'RoleBinding', 'Secret', 'Service', 'ServiceAccount', 'StatefulSet', 'StorageClass'];

function singular(resource: string): string {
  const plural = resource.split('.')[0]!;
  const kind = KINDS.find((one) => [`${one}s`, `${one}es`, one.replace(/y$/, 'ies')].some((many) => many.toLowerCase() === plural));
  return kind ?? (plural === 'endpoints' ? plural : plural.replace(/s$/, ''));
}

/** A condition in `status.conditions`. */
export function conditionOf(object: KubernetesObject, type: string): { readonly status: string; readonly reason?: string; readonly message?: string } | undefined {
  const conditions = valuesAt(object, 'status.conditions[*]') as readonly { type: string; status: string; reason?: string; message?: string }[];
  return conditions.find((condition) => condition.type === type);
}
