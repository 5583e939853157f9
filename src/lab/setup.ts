/**
 * Puts a lab into a cluster and takes it out again: its namespaces (with our label), its manifests, its scripts on nodes.
 * Objects arrive as `kubectl apply` would leave them, so that the learner's own `apply` merges into them without a warning.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/user-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { LAB_LABEL, labSelector, OWNER_LABEL } from '../cluster/lab-namespaces.ts';
import { Api } from './api.ts';
import type { Checker, KubernetesObject } from './checker.ts';
import type { Lab, SetupStep } from './lab.ts';
import { fillIn } from './template.ts';
import { clusterView } from './view.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const WAIT_MS = 90_000;
const POLL_MS = 40;

export type Progressing = (step: string) => void;

/** Create what the lab needs; what is there already is brought to the given state. @throws UserError */
export async function prepare(lab: Lab, cluster: Cluster, onProgress: Progressing = () => undefined, checkers: readonly Checker[] = []): Promise<void> {
  const api = new Api(cluster);
  onProgress(`creating namespace ${lab.namespaces.join(', ')}`);
  await Promise.all(lab.namespaces.map((name) => isFree(name, cluster, api)));
  await Promise.all(lab.namespaces.map((name) => apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [LAB_LABEL]: labelOf(lab), ...(cluster.owner === undefined ? {} : { [OWNER_LABEL]: cluster.owner }) } } }, api)));
  // Pods are refused until the controller manager has made the account that they run as.
  await Promise.all(lab.namespaces.map((namespace) => until(`the service account of namespace ${namespace}`, async () => (await api.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)) !== undefined)));
  for (const step of lab.setup) await run(step, { lab, cluster, api, onProgress, checkers });
}

/** What somebody keeps there would go with the lab. @throws UserError */
async function isFree(name: string, { owner }: Cluster, api: Api): Promise<void> {
  const found = (await api.get(`/api/v1/namespaces/${name}`)) as KubernetesObject | undefined;
  const labels = found?.metadata.labels ?? {};
  if (found && labels[LAB_LABEL] !== undefined && labels[OWNER_LABEL] !== owner) throw new UserError(`The namespace ${name} of this cluster belongs to a lab of somebody else.`, `Wait until they have ended it, or use another cluster. If it is nobody's any more: kubectl delete namespace ${name}`);
  if (found && labels[LAB_LABEL] === undefined) throw new UserError(`The cluster has a namespace ${name} that no lab made.`, `Remove it if nobody needs it (kubectl delete namespace ${name}), or use another cluster.`);
}

/** Is this lab's first namespace there, and ours? */
export async function isPrepared(lab: Lab, cluster: Cluster): Promise<boolean> {
  const namespace = (await new Api(cluster).get(`/api/v1/namespaces/${lab.namespaces[0]}`)) as KubernetesObject | undefined;
  return namespace?.metadata.labels?.[LAB_LABEL] === labelOf(lab) && namespace.metadata.labels[OWNER_LABEL] === cluster.owner;
}

/** Remove the namespaces of every lab, and wait until they are gone. Namespaces that are not ours stay. */
export async function clear(cluster: Cluster): Promise<void> {
  const api = new Api(cluster);
  const path = `/api/v1/namespaces?labelSelector=${encodeURIComponent(labSelector(cluster.owner))}`;
  const ours = async () => ((await api.get(path)) as { readonly items: readonly KubernetesObject[] }).items;
  await Promise.all((await ours()).map(async ({ metadata: { name, deletionTimestamp } }) => {
    if (deletionTimestamp === undefined) await api.send('DELETE', `/api/v1/namespaces/${name}`);
    // Nobody waits for the last words of a lab's programs; and the namespace may be gone by now.
    await cluster.request('DELETE', `/api/v1/namespaces/${name}/pods`, { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 });
  }));
  await until('the namespaces of the last lab to go', async () => (await ours()).length === 0);
}

const labelOf = (lab: Lab): string => lab.id.replace('/', '.');

interface Setting {
  readonly lab: Lab;
  readonly cluster: Cluster;
  readonly api: Api;
  readonly onProgress: Progressing;
  readonly checkers: readonly Checker[];
}

async function run(step: SetupStep, setting: Setting): Promise<void> {
  const { lab, api, onProgress } = setting;
  if ('apply' in step) {
    onProgress(`applying ${step.apply}`);
    const { parseAllDocuments } = await import('yaml');
    for (const document of parseAllDocuments(await textOf(lab, step.apply))) {
      const object = document.toJS() as KubernetesObject | null;
      if (object) await apply(named(object, setting.cluster), api);
    }
    return;
  }
  if ('wait' in step) {
    const { resource, name, namespace, condition, is } = step.wait;
    onProgress(`waiting for ${name}`);
    const path = await api.path(resource, namespace, name);
    return until(`${resource} ${name} to be ${condition}`, async () => hasCondition(await api.get(path), condition, is));
  }
  if ('delete' in step) return remove(step.delete, setting);
  if ('until' in step) return untilCheck(step.until, setting);
  return runOnNodes(step, setting);
}

/** What a fresh cluster would not have yet. Gone already is as good. */
async function remove({ resource, namespace, name, selector }: Extract<SetupStep, { delete: unknown }>['delete'], { api, onProgress }: Setting): Promise<void> {
  onProgress(`removing ${resource} ${name ?? selector}`);
  const found = name === undefined ? ((await api.get(`${await api.path(resource, namespace)}?labelSelector=${encodeURIComponent(selector ?? '')}`)) as { readonly items: readonly KubernetesObject[] }).items.map(({ metadata }) => metadata.name) : [name];
  await Promise.all(found.map(async (one) => {
    const path = await api.path(resource, namespace, one);
    if ((await api.get(path)) !== undefined) await api.send('DELETE', path);
  }));
}

async function textOf(lab: Lab, path: string): Promise<string> {
  return fillIn(await readFile(join(lab.folder, path), 'utf8'), lab.drawn?.values ?? {});
}

async function untilCheck({ use, with: params }: { readonly use: string; readonly with: unknown }, { cluster, api, onProgress, checkers }: Setting): Promise<void> {
  const checker = checkers.find(({ name }) => name === use);
  if (!checker) throw new Error(`there is no checker "${use}"`);
  const parsed = checker.parse(params);
  onProgress(`waiting until ${checker.title(parsed)}`);
  const view = clusterView(cluster, new AbortController().signal, api);
  await until(`this to hold: ${checker.title(parsed)}`, async () => (await checker.run(parsed, view)).status === 'pass');
}

async function runOnNodes({ node: wanted, script: path }: { readonly node: string; readonly script: string }, { lab, cluster, onProgress }: Setting): Promise<void> {
  const { nodes, machines = [] } = cluster.info;
  const chosen = wanted === 'all' ? nodes : [...nodes, ...machines].filter((name) => name === wanted || (wanted.startsWith('-') && name.endsWith(wanted)));
  if (chosen.length === 0) throw new UserError(`Lab ${lab.id} needs a node ${wanted}, and this cluster has ${nodes.join(', ')}.`, 'Use a cluster with two workers.');
  const script = await textOf(lab, path);
  await Promise.all(chosen.map(async (node) => {
    onProgress(`preparing node ${node}`);
    const result = await cluster.exec({ node }, ['sh', '-s'], { stdin: script });
    if (result.exitCode !== 0) throw new UserError(`Lab ${lab.id} could not prepare node ${node}: ${result.stderr.trim() || `exit code ${result.exitCode}`}`, '`cka lab reset` tries again from the start.');
  }));
}

/** A node, or the node that a pod is pinned to, may be named by its end (`-worker2`): clusters differ in what comes before. */
function named(object: KubernetesObject, { info }: Cluster): KubernetesObject {
  const whole = (name: string | undefined) => (name?.startsWith('-') ? info.nodes.find((one) => one.endsWith(name)) : undefined);
  const node = object.kind === 'Node' ? whole(object.metadata.name) : undefined;
  if (node !== undefined) return { ...object, metadata: { ...object.metadata, name: node } };
  const { spec } = object as { readonly spec?: { readonly nodeName?: string } };
  const home = object.kind === 'Pod' ? whole(spec?.nodeName) : undefined;
  return home === undefined ? object : ({ ...object, spec: { ...spec, nodeName: home } } as KubernetesObject);
}

/** Create, or bring to the given state when it exists. */
async function apply(object: KubernetesObject, api: Api): Promise<void> {
  const { collection, one } = await api.pathOf(object);
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(object)}\n` };
  const applied = { ...object, metadata: { ...object.metadata, annotations } };
  if ((await api.get(one)) === undefined) await api.send('POST', collection, applied);
  // Strategic, as kubectl does it: what the cluster has added to lists of a pod stays.
  else await api.send('PATCH', one, applied, 'application/strategic-merge-patch+json');
}

function hasCondition(object: unknown, type: string, status = 'True'): boolean {
  const conditions = (object as { readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } } | undefined)?.status?.conditions ?? [];
  return conditions.some((condition) => condition.type === type && condition.status === status);
}

/** Ask until the answer is yes. @throws UserError when it stays no */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += POLL_MS) {
    if (waited >= WAIT_MS) throw new UserError(`Waited ${WAIT_MS / 1000} seconds for ${what}.`, 'Look at the cluster with `cka cluster shell`, or begin anew with `cka cluster down` and `cka cluster up`.');
    await pause(POLL_MS);
  }
}
