/** From where a check looks: a pod by name or selector, or a node. Not a checker: what `http`, `dns` and `command` share. */
import { type ClusterView, Params } from '../src/lab/checker.ts';
import { conditionOf, nameOf } from './path.ts';

export type Place =
  | { readonly node: string }
  | { readonly pod?: string | undefined; readonly selector?: string | undefined; readonly namespace: string; readonly container?: string | undefined };

export type ExecPlace = Parameters<ClusterView['exec']>[0];

/** Found and fit to run commands in, or why not. */
export type Standing = { readonly where: ExecPlace; readonly title: string } | { readonly problem: string };

/** Reads `from: { pod, namespace, container? }`, `from: { selector, namespace }` or `from: { node }`. */
export function parsePlace(params: Params, key: string): Place {
  const from = params.mapping(key);
  if (!from) throw new Error(`\`${params.where}.${key}\` is missing: say from where, a pod or a node`);
  const node = from.optionalText('node');
  if (node !== undefined) {
    from.done();
    return { node };
  }
  const place = { pod: from.optionalText('pod'), selector: from.optionalText('selector'), container: from.optionalText('container'), namespace: from.text('namespace') };
  from.done();
  if ((place.pod === undefined) === (place.selector === undefined)) throw new Error(`\`${from.where}\` needs exactly one of pod, selector and node`);
  return place;
}

export function titleOf(place: Place): string {
  if ('node' in place) return `node ${place.node}`;
  return place.pod === undefined ? `a pod labelled ${place.selector}` : `pod ${place.pod}`;
}

/** Find the place in the cluster. A node is named whole (`cka-lab-worker`) or by its end (`-worker`). */
export async function stand(place: Place, cluster: ClusterView): Promise<Standing> {
  if ('node' in place) {
    if (cluster.machines?.includes(place.node)) return { where: place, title: `machine ${place.node}` };
    const nodes = await cluster.list('nodes');
    const node = nodes.find((candidate) => candidate.metadata.name === place.node) ?? nodes.find((candidate) => place.node.startsWith('-') && candidate.metadata.name.endsWith(place.node));
    return node ? { where: { node: node.metadata.name }, title: `node ${node.metadata.name}` } : { problem: `there is no node "${place.node}"` };
  }
  const pods = place.pod === undefined ? await cluster.list('pods', place.namespace, place.selector) : [await cluster.get('pods', place.pod, place.namespace)].filter((pod) => pod !== undefined);
  const title = place.pod === undefined ? `pod labelled ${place.selector} in namespace "${place.namespace}"` : nameOf('pods', place.pod, place.namespace);
  if (pods.length === 0) return { problem: `${title} does not exist` };
  const pod = pods.find((candidate) => conditionOf(candidate, 'Ready')?.status === 'True');
  if (!pod) return { problem: `${title} is not Ready` };
  const where = { pod: pod.metadata.name, namespace: place.namespace, ...(place.container === undefined ? {} : { container: place.container }) };
  return { where, title: `pod ${pod.metadata.name}` };
}

/** The first of several commands whose program exists there; undefined when none does. */
export async function firstThatExists(where: ExecPlace, commands: readonly (readonly string[])[], cluster: ClusterView): Promise<{ readonly command: readonly string[]; readonly stdout: string; readonly stderr: string; readonly exitCode: number } | undefined> {
  for (const command of commands) {
    try {
      const result = await cluster.exec(where, command);
      const missing = result.exitCode === 127 || (result.exitCode !== 0 && NOT_FOUND.test(result.stderr));
      if (!missing) return { command, ...result };
    } catch (error) {
      if (!(error instanceof Error && NOT_FOUND.test(error.message))) throw error;
    }
  }
  return undefined;
}

/** As runc words it, through the kubelet. */
const NOT_FOUND = /executable file not found in \$PATH|stat .*: no such file or directory/;
