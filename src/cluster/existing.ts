/**
 * The learner's own cluster as a place for labs. Used only when it was named, with a kubeconfig of our own copied from
 * theirs; everything goes into namespaces with our label, and that is all we ever remove. See kubectl's `auth can-i`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { ApiClient } from './client.ts';
import type { Capability, Cluster, ClusterBackend, ClusterInfo, ClusterSpec } from './cluster.ts';
import { KindFiles } from './kind-files.ts';
import { labSelector, ownerOf } from './lab-namespaces.ts';
import { type AppPaths, folderOf } from './paths.ts';
import { Tools } from './tools.ts';
import { chooseContext, endpointOf, kubeconfigPaths } from './user-kubeconfig.ts';
import { waitFor } from './wait-for.ts';

/** Namespaces go when all that is in them has gone. */
const GOING = { timeoutMs: 180_000, everyMs: 200 };

export interface ExistingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The context to use; needed to adopt a cluster, not to find one again. */
  readonly context?: string;
  /** The user lets labs change what belongs to no namespace. */
  readonly allowClusterWide?: boolean;
  /** Asks the user to type a word; the answer is compared. Absent where nobody can be asked. */
  readonly ask?: (question: string) => Promise<string>;
  /** Said beforehand, for scripts: what would be typed. */
  readonly confirmed?: string;
}

interface ExistingRecord {
  readonly name: string;
  readonly context: string;
  readonly server: string;
  readonly allowClusterWide: boolean;
  readonly info: Pick<ClusterInfo, 'cni' | 'proxyMode' | 'kubernetesVersion' | 'nodes'>;
  readonly workers: number;
  readonly because?: string;
  /** See OWNER_LABEL. */
  readonly owner: string;
}

export function existingBackend(paths: Pick<AppPaths, 'data'>, options: ExistingOptions): ClusterBackend {
  const tools = new Tools({ env: options.env });
  const root = folderOf(paths, 'existing');
  const filesOf = (name: string) => new KindFiles(join(root, name));
  const names = () => (existsSync(root) ? readdirSync(root).toSorted() : []);
  const readRecord = (name: string) => filesOf(name).read<ExistingRecord>('record.json');
  const open = async (record: ExistingRecord): Promise<Cluster> => {
    const files = filesOf(record.name);
    const client = new ApiClient(await endpointOf(readFileSync(files.kubeconfig(), 'utf8'), tools));
    return new ExistingCluster(record, files, client);
  };
  return {
    name: 'existing',
    probe: () => Promise.resolve(options.context === undefined ? { available: false, because: 'no context was named: --context NAME' } : { available: true }),
    async up(spec, onProgress) {
      const known = readRecord(spec.name);
      if (known && (options.context === undefined || known.context === options.context)) return open(known);
      if (known) throw new UserError(`Cluster ${spec.name} is the context "${known.context}", not "${options.context}".`, `Give another --name, or forget it: cka cluster down --name ${spec.name}`, 2);
      if (options.context === undefined) throw new UserError('Which cluster?', 'Name a context of your kubeconfig: --backend existing --context NAME. `kubectl config get-contexts` shows them.', 2);
      const chosen = await chooseContext(kubeconfigPaths(options.env), options.context);
      // Under two names each would take away what the other's labs made.
      const taken = names().map(readRecord).find((record) => record?.server === chosen.server);
      if (taken) throw new UserError(`The cluster of context "${chosen.context}" (${chosen.server}) is here already, as ${taken.name}.`, `Work on it: --name ${taken.name}; or forget it first: cka cluster down --name ${taken.name}`, 2);
      await confirm(chosen.context, chosen.server, options);
      onProgress?.(`Looking at ${chosen.context}`);
      const client = new ApiClient(await endpointOf(chosen.text, tools));
      const found = await lookAt(client, chosen.context, options.allowClusterWide ?? false);
      client.close();
      const record: ExistingRecord = { name: spec.name, context: chosen.context, server: chosen.server, allowClusterWide: options.allowClusterWide ?? false, owner: ownerOf(paths.data), ...found, ...(spec.because === undefined ? {} : { because: spec.because }) };
      const files = filesOf(spec.name);
      files.write('kubeconfig', chosen.text);
      files.write('record.json', JSON.stringify(record));
      return open(record);
    },
    async find(name) {
      const record = readRecord(name);
      return record && open(record);
    },
    forget(name) {
      const known = readRecord(name) !== undefined;
      if (known) filesOf(name).forget({ keepLogs: false });
      return Promise.resolve(known);
    },
    list: () => Promise.resolve(names().flatMap((name) => {
      const record = readRecord(name);
      return record ? [infoOf(record, filesOf(name))] : [];
    })),
  };
}

class ExistingCluster implements Cluster {
  readonly info: ClusterInfo;
  readonly offers: ReadonlySet<Capability>;
  readonly owner: string;

  constructor(private readonly record: ExistingRecord, private readonly files: KindFiles, private readonly client: ApiClient) {
    this.info = infoOf(record, files);
    this.owner = record.owner;
    const { cni } = record.info;
    this.offers = new Set<Capability>([
      ...(record.workers >= 2 ? (['nodes-2'] as const) : []), ...(cni === 'other' ? [] : [`cni-${cni}` as const]),
      ...(cni === 'calico' ? (['network-policy'] as const) : []), ...(record.allowClusterWide ? (['cluster-wide'] as const) : []),
    ]);
  }

  whyNot(capability: Capability): string | undefined {
    if (capability === 'cluster-wide' || capability === 'reset') return `it is your own cluster${capability === 'reset' ? ', which cka never puts back' : '; --allow-cluster-wide gives leave'}`;
    return capability === 'node-shell' ? 'cka has no way to the nodes of your own cluster' : undefined;
  }

  exec: Cluster['exec'] = async (where, command, options) => {
    refuseNode(where, this.info.name);
    return this.client.exec(where, command, options);
  };

  session: Cluster['session'] = async (where, command, io) => {
    refuseNode(where, this.info.name);
    return this.client.session(where, command, io);
  };

  async request(method: string, path: string, body?: unknown, contentType?: string): Promise<{ readonly status: number; readonly body: unknown }> {
    try {
      return await this.client.request(method, path, body, contentType);
    } catch (error) {
      throw new UserError(`The cluster of context "${this.record.context}" (${this.record.server}) does not answer: ${(error as Error).message}.`, 'Look whether kubectl works with that context.');
    }
  }

  /** Namespaces with our labels go; nothing else is touched. */
  async reset(): Promise<void> {
    const path = `/api/v1/namespaces?labelSelector=${encodeURIComponent(labSelector(this.owner))}`;
    const ours = async () => ((await this.request('GET', path)).body as { readonly items?: readonly { readonly metadata: { readonly name: string } }[] }).items ?? [];
    for (const { metadata } of await ours()) await this.request('DELETE', `/api/v1/namespaces/${metadata.name}`);
    if (await waitFor(async () => (await ours()).length === 0, GOING)) return;
    throw new UserError(`Namespaces of labs do not go: ${(await ours()).map(({ metadata }) => metadata.name).join(', ')}.`, 'Look for finalizers: kubectl get namespace NAME -o yaml.');
  }

  /** The cluster stays; what we put into it and our copy of its kubeconfig go. */
  async down(): Promise<void> {
    await this.reset().catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(error.message, `${error.action} If it is gone for good: cka cluster down --name ${this.info.name} --forget`);
    });
    this.client.close();
    this.files.forget({ keepLogs: false });
  }
}

function infoOf(record: ExistingRecord, files: KindFiles): ClusterInfo {
  return { backend: 'existing', name: record.name, ...record.info, kubeconfig: files.kubeconfig(), context: record.context, running: true, ...(record.because === undefined ? {} : { because: record.because }) };
}

function refuseNode(where: Parameters<Cluster['exec']>[0], name: string): void {
  if ('node' in where) throw new UserError(`Nodes of cluster ${name} cannot be entered: it is your own.`, `kubectl debug node/${where.node} -it --image=busybox --profile=sysadmin gives a shell there.`, 1);
}

/** What names of clusters that matter have in common. A wrong guess costs the learner one typed word. */
const PRODUCTION = /(^|[^a-z])(prod|production|prd|live|main|master|customer|payment)s?([^a-z]|$)/i;

/** Looks like a machine of one's own. */
const LOCAL = /^https:\/\/(127\.|localhost[:/]|\[::1\]|0\.0\.0\.0)/;

/** @throws UserError unless the user said yes, to production by typing the name */
async function confirm(context: string, server: string, { ask, confirmed }: ExistingOptions): Promise<void> {
  const isProduction = PRODUCTION.test(context) || PRODUCTION.test(new URL(server).hostname);
  const wanted = isProduction ? context : 'yes';
  const what = `Labs will make and delete namespaces of their own in the cluster of context "${context}" (${server}).`;
  const question = isProduction ? `${what}\nIts name looks like production. Type the name of the context to go on: ` : `${what}\nNothing else in it is changed${LOCAL.test(server) ? '' : ', but it is not on this machine'}. Type yes to go on: `;
  const answer = confirmed ?? (await ask?.(question));
  if (answer?.trim() === wanted) return;
  if (answer === undefined) throw new UserError(`${what} That needs your word.`, `Run it in a terminal, or add: --confirm ${wanted}`, 2);
  throw new UserError(`Context "${context}" was not confirmed; nothing was done.`, isProduction ? `Use a cluster that nobody depends on. If you are sure: --confirm ${context}` : 'Type yes when asked, or use the simulator: --backend simulator', 2);
}

interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly subresource?: string;
}

/** What labs do there. */
const RIGHTS: readonly Right[] = [
  { verb: 'create', resource: 'namespaces' }, { verb: 'delete', resource: 'namespaces' }, { verb: 'create', resource: 'pods' }, { verb: 'create', resource: 'pods', subresource: 'exec' },
  { verb: 'create', resource: 'deployments', group: 'apps' }, { verb: 'create', resource: 'services' }, { verb: 'create', resource: 'networkpolicies', group: 'networking.k8s.io' }, { verb: 'list', resource: 'nodes' },
];

async function lookAt(client: ApiClient, context: string, allowClusterWide: boolean): Promise<Pick<ExistingRecord, 'info' | 'workers'>> {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await client.request(method, path, body, undefined, 20_000).catch((error: Error) => {
      throw new UserError(`The cluster of context "${context}" does not answer: ${error.message}.`, 'Look whether kubectl works with that context.');
    });
    if (answer.status === 401) throw new UserError(`The cluster of context "${context}" does not know you (401 Unauthorized).`, 'Log in as you do for kubectl, then try again.');
    return answer.body as T;
  };
  const missing: string[] = [];
  for (const right of [...RIGHTS, ...(allowClusterWide ? [{ verb: '*', resource: '*', group: '*' }] : [])]) {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { ...right } } };
    const { status } = await ask<{ readonly status?: { readonly allowed?: boolean } }>('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review);
    if (!status?.allowed) missing.push(`${right.verb} ${right.resource}${right.subresource === undefined ? '' : `/${right.subresource}`}`);
  }
  if (missing.length > 0) throw new UserError(`You may not do in context "${context}" what labs need: ${missing.join(', ')}.`, 'Ask whoever administers it, or use the simulator: --backend simulator');
  const version = await ask<{ readonly gitVersion: string }>('GET', '/version');
  const nodes = (await ask<{ readonly items: readonly Node[] }>('GET', '/api/v1/nodes')).items;
  const sets = (await ask<{ readonly items?: readonly { readonly metadata: { readonly name: string } }[] }>('GET', '/apis/apps/v1/daemonsets')).items ?? [];
  const config = (await ask<{ readonly data?: Readonly<Record<string, string>> }>('GET', '/api/v1/namespaces/kube-system/configmaps/kube-proxy')).data?.['config.conf'];
  const has = (name: string) => sets.some(({ metadata }) => metadata.name === name);
  return {
    workers: nodes.filter(({ spec }) => !spec?.unschedulable && !(spec?.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule')).length,
    info: {
      kubernetesVersion: version.gitVersion, nodes: nodes.map(({ metadata }) => metadata.name),
      cni: has('calico-node') ? 'calico' : has('kube-flannel-ds') ? 'flannel' : 'other',
      proxyMode: (/^mode: "?(ipvs|nftables)"?$/m.exec(config ?? '')?.[1] ?? 'iptables') as ClusterSpec['proxyMode'],
    },
  };
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] };
}
