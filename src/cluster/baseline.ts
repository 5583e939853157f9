/**
 * Everything in a cluster right after it was made, and the way back to it: what was added is deleted, what was changed or
 * deleted is put back, nodes get their labels and taints again. Looks at whole kinds, so that faults nobody thought of
 * are undone too. Objects with owners are left to their owners.
 */
import { UserError } from '../base/user-error.ts';
import type { KubectlClient } from './kubectl-client.ts';

interface Thing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly deletionTimestamp?: string;
    readonly [field: string]: unknown;
  };
  readonly spec?: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

interface Taint {
  readonly key: string;
  readonly [field: string]: unknown;
}

export interface Baseline {
  readonly things: readonly Thing[];
}

export interface Restored {
  readonly removed: readonly string[];
  readonly putBack: readonly string[];
}

/** They change by themselves, or are made by whoever needs them. */
const IGNORED = /^(events|events\.events\.k8s\.io|leases\.coordination\.k8s\.io|endpoints|componentstatuses|csinodes\..*|apiservices\..*|.*\.flowcontrol\.apiserver\.k8s\.io|.*\.metrics\.k8s\.io|certificatesigningrequests\..*|controllerrevisions\.apps|ipaddresses\.networking\.k8s\.io|(ipam\w+|blockaffinities|clusterinformations|caliconodestatuses|profiles)\.(crd\.)?projectcalico\.org|tigerastatuses\..*|tokenreviews.*|bindings)$/;

/** Their contents are the business of controllers; that they exist is ours. */
const EXISTENCE_ONLY = new Set(['EndpointSlice', 'Namespace', 'Pod', 'ServiceCIDR', 'PersistentVolume']);

/** As the cluster is now. */
export async function takeBaseline(kubectl: KubectlClient): Promise<Baseline> {
  return { things: (await everything(kubectl)).map(plain) };
}

/** @throws UserError when something stays that should have gone, or the other way round */
export async function restoreBaseline(kubectl: KubectlClient, { things }: Baseline, say: (line: string) => void): Promise<Restored> {
  const start = new Map(things.map((thing) => [keyOf(thing), thing]));
  const first = compare(start, await everything(kubectl));
  const spaces = first.added.filter(({ kind }) => kind === 'Namespace');
  if (spaces.length > 0) {
    say(`removing namespaces ${spaces.map(({ metadata }) => metadata.name).join(', ')}`);
    await kubectl.must(['delete', '--ignore-not-found', '--wait=true', '--timeout=180s', '-f', '-'], { input: listOf(spaces), action: 'Something in that namespace does not go: kubectl get all -n, and look for finalizers.' });
  }
  // What was in those namespaces has gone with them.
  const gone = new Set(spaces.map(({ metadata }) => metadata.name));
  const rest = first.added.filter(({ kind, metadata }) => kind !== 'Namespace' && !gone.has(metadata.namespace ?? ''));
  if (rest.length > 0) {
    say(`removing ${rest.map(shortName).join(', ')}`);
    await kubectl.must(['delete', '--ignore-not-found', '--grace-period=1', '--wait=true', '--timeout=120s', '-f', '-'], { input: listOf(rest) });
  }
  for (const [words, those] of [[['create', '-f', '-'], first.missing], [['replace', '-f', '-'], first.changed.filter(({ kind }) => kind !== 'Node')]] as const) {
    if (those.length === 0) continue;
    say(`putting back ${those.map(shortName).join(', ')}`);
    await kubectl.must(words, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: those }) });
  }
  for (const node of first.changed.filter(({ kind }) => kind === 'Node')) await putBackNode(kubectl, node, say);
  const after = compare(start, await everything(kubectl));
  const wrong = [...after.added.filter(({ metadata }) => metadata.deletionTimestamp === undefined), ...after.missing, ...after.changed];
  if (wrong.length > 0) throw new UserError(`The reset did not bring everything back: ${wrong.map(shortName).join(', ')}.`, 'Run it once more; if that does not help, make the cluster anew: cka cluster down, then cka cluster up.');
  return { removed: first.added.map(shortName), putBack: [...first.missing, ...first.changed].map(shortName) };
}

async function everything(kubectl: KubectlClient): Promise<readonly Thing[]> {
  const all = (await kubectl.must(['api-resources', '--verbs=list,delete,get', '-o', 'name'])).split('\n');
  const names = all.filter((name) => name !== '' && !IGNORED.test(name) && !isSeenTwice(name, all));
  const { items } = await kubectl.json<{ readonly items: readonly Thing[] }>(['get', names.join(','), '--all-namespaces', '--ignore-not-found']);
  return items.filter(({ metadata }) => metadata.ownerReferences === undefined);
}

/** The API server of Calico's operator shows the same objects under another group. */
const isSeenTwice = (name: string, all: readonly string[]): boolean => all.includes(name.replace(/\.projectcalico\.org$/, '.crd.projectcalico.org')) && name.endsWith('.projectcalico.org') && !name.endsWith('.crd.projectcalico.org');

interface Differences {
  readonly added: readonly Thing[];
  /** As they should be. */
  readonly missing: readonly Thing[];
  readonly changed: readonly Thing[];
}

function compare(start: ReadonlyMap<string, Thing>, now: readonly Thing[]): Differences {
  const present = new Map(now.map((thing) => [keyOf(thing), thing]));
  const isChanged = (thing: Thing) => {
    const current = present.get(keyOf(thing));
    return current !== undefined && !EXISTENCE_ONLY.has(thing.kind) && contentOf(thing) !== contentOf(current);
  };
  return {
    added: now.filter((thing) => !start.has(keyOf(thing))),
    missing: [...start.values()].filter((thing) => !present.has(keyOf(thing)) && !mayGo(thing)),
    changed: [...start.values()].filter(isChanged),
  };
}

/** A pod that has gone comes back by its own kubelet or not at all; the token that nodes joined with ends after a day. */
const mayGo = ({ kind, type }: Thing): boolean => kind === 'Node' || kind === 'Pod' || (kind === 'Secret' && type === 'bootstrap.kubernetes.io/token');

async function putBackNode(kubectl: KubectlClient, node: Thing, say: (line: string) => void): Promise<void> {
  say(`putting back labels and taints of node ${node.metadata.name}`);
  const now = await kubectl.json<Thing>(['get', 'node', node.metadata.name]);
  const labels = { ...Object.fromEntries(Object.keys(now.metadata.labels ?? {}).map((key) => [key, null])), ...node.metadata.labels };
  const patch = { metadata: { labels }, spec: { taints: taintsOf(node), unschedulable: node.spec?.unschedulable ?? null } };
  await kubectl.must(['patch', 'node', node.metadata.name, '--type=merge', '-p', JSON.stringify(patch)]);
}

/** Without what every write changes. */
function plain(thing: Thing): Thing {
  const { status: _status, ...rest } = thing;
  const { resourceVersion: _version, uid: _uid, generation: _generation, creationTimestamp: _created, managedFields: _managed, selfLink: _link, ...metadata } = thing.metadata;
  return { ...rest, metadata: metadata as Thing['metadata'] } as Thing;
}

function contentOf(thing: Thing): string {
  if (thing.kind === 'Node') return JSON.stringify([sorted(thing.metadata.labels ?? {}), taintsOf(thing), thing.spec?.unschedulable ?? false]);
  const bare = plain(thing);
  const { annotations: _annotations, ...metadata } = bare.metadata;
  return JSON.stringify(sorted({ ...bare, metadata, ...(thing.metadata.name === 'cluster-info' ? { data: withoutSignatures(thing) } : {}) }), (key, value: unknown) => (key === 'annotations' ? withoutRestart(value as Readonly<Record<string, string>>) : value));
}

/** The controller manager signs cluster-info with every token for joining, and takes the signature away with the token. */
const withoutSignatures = ({ data }: Thing): object => Object.fromEntries(Object.entries((data ?? {}) as Readonly<Record<string, unknown>>).filter(([key]) => !key.startsWith('jws-kubeconfig-')));

/** That something was restarted is no change of what it is. */
function withoutRestart({ 'kubectl.kubernetes.io/restartedAt': _restarted, ...annotations }: Readonly<Record<string, string>>): object | undefined {
  return Object.keys(annotations).length > 0 ? annotations : undefined;
}

/** The node controller's own taints come and go with the node's state. */
const taintsOf = (node: Thing): readonly Taint[] => (node.spec?.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/'));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

const keyOf = ({ apiVersion, kind, metadata }: Thing): string => `${apiVersion.replace(/\/?[^/]*$/, '')}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

const shortName = ({ kind, metadata }: Thing): string => `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;

const listOf = (things: readonly Thing[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: things.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } })) });
