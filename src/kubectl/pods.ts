/** From `deploy/web`, `svc/web` or a name to one pod, and from a pod to one of its containers. See polymorphichelpers. */
import type { Run } from './command.ts';
import { plainError } from './io.ts';
import { dig, type KubeObject, type List } from './object.ts';
import { pathOf, qualified, type Resource } from './resources.ts';

export const PODS: Pick<Resource, 'group' | 'version' | 'plural' | 'namespaced'> = { group: '', version: 'v1', plural: 'pods', namespaced: true };

export function podPath(namespace: string, name: string, subresource?: string): string {
  return pathOf(PODS, namespace, name, subresource);
}

/** @param word `web`, `pod/web`, `deploy/web` … */
export async function podOf(run: Run, word: string, namespace = run.namespace): Promise<KubeObject> {
  const [type, name] = word.includes('/') ? (word.split('/') as [string, string]) : ['pods', word];
  const resource = (await run.resources()).need(type);
  const object = await run.client.json<KubeObject>('GET', pathOf(resource, namespace, name));
  if (resource.plural === 'pods') return object;
  const pods = await podsOf(run, resource, object);
  if (pods.length === 0) throw plainError(`timed out waiting for the condition`);
  return [...pods].sort((a, b) => Number(isReady(b)) - Number(isReady(a)))[0]!;
}

/** The pods behind a workload or Service, newest first when all are ready. */
export async function podsOf(run: Run, resource: Resource, object: KubeObject): Promise<readonly KubeObject[]> {
  const selector = selectorOf(resource, object);
  const list = await run.client.json<List>('GET', `${pathOf(PODS, run.namespace)}?labelSelector=${encodeURIComponent(selector)}`);
  return list.items.map((pod) => ({ ...pod, apiVersion: 'v1', kind: 'Pod' }));
}

/** @throws KubectlError for a kind without pods */
export function selectorOf(resource: Resource, object: KubeObject): string {
  const selector = dig(object, 'spec', 'selector') as { matchLabels?: Record<string, string>; matchExpressions?: { key: string; operator: string; values?: string[] }[] } | Record<string, string> | undefined;
  const plain = resource.plural === 'services' || resource.plural === 'replicationcontrollers';
  const labels = (plain ? selector : selector?.matchLabels) as Record<string, string> | undefined;
  const expressions = plain ? [] : ((selector as { matchExpressions?: { key: string; operator: string; values?: string[] }[] } | undefined)?.matchExpressions ?? []);
  if (!selector || (Object.keys(labels ?? {}).length === 0 && expressions.length === 0)) {
    throw plainError(plain ? `invalid service '${object.metadata?.name}': Service is defined without a selector` : `selector for ${qualified(resource)} could not be found`);
  }
  const words: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' };
  return [
    ...Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values }) => (operator === 'Exists' ? key : operator === 'DoesNotExist' ? `!${key}` : `${key} ${words[operator]} (${(values ?? []).join(',')})`)),
  ].sort().join(',');
}

export function isReady(pod: KubeObject): boolean {
  return ((dig(pod, 'status', 'conditions') as { type: string; status: string }[] | undefined) ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
}

interface ContainerNames {
  readonly main: readonly string[];
  readonly all: readonly string[];
}

export function containersOf(pod: KubeObject): ContainerNames {
  const names = (field: string) => ((dig(pod, 'spec', field) as { name: string }[] | undefined) ?? []).map((one) => one.name);
  const main = names('containers');
  return { main, all: [...main, ...names('initContainers'), ...names('ephemeralContainers')] };
}

/** The one asked for, the one the annotation names, or the first with a note. */
export function containerOf(run: Run, pod: KubeObject, asked: string, quiet: boolean): string {
  const { main, all } = containersOf(pod);
  if (asked) {
    return asked;
  }
  const annotated = pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  if (annotated && all.includes(annotated)) return annotated;
  if (all.length > 1 && !quiet) run.err(`Defaulted container "${main[0]}" out of: ${describe(pod)}\n`);
  return main[0] ?? '';
}

function describe(pod: KubeObject): string {
  const names = (field: string, note: string) => ((dig(pod, 'spec', field) as { name: string }[] | undefined) ?? []).map((one) => `${one.name}${note}`);
  return [...names('containers', ''), ...names('initContainers', ' (init)'), ...names('ephemeralContainers', ' (ephem)')].join(', ');
}
