/**
 * Where the parts are put together for a command that works on a lab or a cluster: packs, progress, backend, session.
 * Everything costly is imported here when first asked for.
 */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../base/user-error.ts';
import type { Backends } from '../cluster/backends.ts';
import type { BackendName, Cluster, ClusterBackend, ClusterSpec } from '../cluster/cluster.ts';
import { encapsulationOf, networkLine } from '../cluster/encapsulation.ts';
import type { KindOptions } from '../cluster/kind.ts';
import type { Lab } from '../lab/lab.ts';
import type { Packs } from '../lab/load.ts';
import type { Progress } from '../lab/progress.ts';
import type { LabSession, SessionOptions } from '../lab/session.ts';
import type { ShellFolders } from '../lab/shell/lab-shell.ts';
import type { Cli, CliOptions } from './command.ts';

export const DEFAULT_CLUSTER = 'cka-lab';

/** Every lab that can be read; what cannot is told once on standard error. */
export async function loadLabs(cli: Cli, read = readPacks): Promise<readonly Lab[]> {
  const { labs, problems } = await read(cli);
  for (const { file, line, message } of problems) cli.err(`${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
  return labs;
}

export async function readPacks(cli: Cli): Promise<Packs> {
  const [{ loadPacks }, { checkers }, { data }] = await Promise.all([import('../lab/load.ts'), import('../../checkers/index.ts'), paths(cli)]);
  return loadPacks([join(cli.root, 'labs'), join(data, 'packs')], checkers);
}

/** The same for lists, as it was read last when nothing has changed since. Nothing in it can be varied. */
export async function listPacks(cli: Cli): Promise<Packs> {
  const [{ listedPacks }, { data, cache }] = await Promise.all([import('../lab/pack-cache.ts'), paths(cli)]);
  const program = `${cli.version} ${statSync(fileURLToPath(import.meta.url)).mtimeMs}`;
  return listedPacks([join(cli.root, 'labs'), join(data, 'packs')], join(cache, 'packs.json'), program, () => readPacks(cli));
}

/** The lab that is meant: by name, or the one that this shell works on. */
export async function chosenLab(cli: Cli, typed: string | undefined): Promise<Lab> {
  const wanted = typed ?? cli.env['CKA_LAB'] ?? (await onlyRunning(cli));
  const { findLab } = await import('../lab/find.ts');
  const listed = findLab(await loadLabs(cli, listPacks), wanted);
  // A lab in which nothing varies is whole in the list too.
  return listed.seed === undefined ? listed : findLab(await loadLabs(cli), listed.id);
}

async function onlyRunning(cli: Cli): Promise<string> {
  const progress = await openProgress(cli);
  const running = (await progress.running(clusterName(cli, {}))) ?? (cli.env['CKA_CLUSTER'] === undefined ? (await progress.all()).findLast(({ endedAt }) => endedAt === undefined) : undefined);
  if (!running) throw new UserError('Which lab?', 'Name one: `cka lab list` shows them.', 2);
  return running.lab;
}

export async function openProgress(cli: Cli): Promise<Progress> {
  const { Progress } = await import('../lab/progress.ts');
  const { data } = await paths(cli);
  return new Progress({ folder: data, onNotice: (text) => cli.err(`Note: ${text}\n`) });
}

/** Everything a session needs. */
export async function sessionOptions(cli: Cli, lab: Lab, options: CliOptions, onProgress?: (step: string) => void): Promise<SessionOptions> {
  // Nodes of a new kind cluster get this lab's images beforehand.
  const { imagesOf } = await import('./cluster/lab-images.ts');
  const [{ checkers }, progress, backend, folders] = await Promise.all([import('../../checkers/index.ts'), openProgress(cli), backendOf(cli, options, { images: imagesOf([lab]) }), shellFolders(cli)]);
  return {
    lab,
    backend,
    spec: await specForLab(cli, options, backend, lab),
    progress,
    checkers,
    folders,
    agree: async (drawn) => (await import('./pack/agree.ts')).requireAgreement(cli, drawn),
    onNotice: (text) => cli.err(`Note: ${text}\n`),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

export async function startSession(cli: Cli, lab: Lab, options: CliOptions, onProgress?: (step: string) => void): Promise<LabSession> {
  const { LabSession } = await import('../lab/session.ts');
  return LabSession.start(await sessionOptions(cli, lab, options, onProgress));
}

export async function findSession(cli: Cli, lab: Lab, options: CliOptions): Promise<LabSession> {
  const { LabSession } = await import('../lab/session.ts');
  return LabSession.find(await sessionOptions(cli, lab, options));
}

export async function shellFolders(cli: Cli): Promise<ShellFolders> {
  return { ...(await paths(cli)), self: cli.self, env: cli.env };
}

/** The folders of everything the program keeps. */
export async function paths(cli: Cli): Promise<{ readonly data: string; readonly run: string; readonly cache: string }> {
  const { appPaths } = await import('../cluster/paths.ts');
  const home = cli.env['CKA_HOME'];
  return appPaths(home === undefined ? cli.env : { ...cli.env, CKA_HOME: resolve(home) });
}

/** Every backend as one: a cluster is found wherever it is, and made where the options say. */
export async function backendOf(cli: Cli, options: CliOptions = {}, kind: Partial<KindOptions> = {}): Promise<Backends> {
  const [{ backends }, folders] = await Promise.all([import('../cluster/backends.ts'), paths(cli)]);
  const text = (name: string) => options[name] as string | undefined;
  const given = text('manifestDir');
  const bundle = text('bundle');
  const context = text('context');
  const confirmed = text('confirm');
  const backend = (text('backend') ?? (cli.env['CKA_BACKEND'] || undefined)) as BackendName | undefined;
  const ask = cli.isTerminal && options['json'] !== true ? askHere : undefined;
  return backends(folders, {
    ...(backend === undefined ? {} : { backend }), ...(ask === undefined ? {} : { ask }),
    kind: {
      root: cli.root, env: cli.env, installer: options['cniOperator'] === true ? 'operator' : 'manifest', nodeTools: options['nodeTools'] === true,
      ...(given === undefined ? {} : { given: [resolve(given)] }), ...(bundle === undefined ? {} : { bundle: resolve(bundle) }), ...kind,
    },
    existing: {
      env: cli.env, allowClusterWide: options['allowClusterWide'] === true,
      ...(context === undefined ? {} : { context }), ...(confirmed === undefined ? {} : { confirmed }), ...(ask === undefined ? {} : { ask }),
    },
  });
}

/** One line from the terminal. Whoever leaves the question with Ctrl-C or Ctrl-D has said nothing. */
export async function askHere(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ABORT_ERR') throw error;
    process.stderr.write('\n');
    return '';
  } finally {
    lines.close();
  }
}

/** @throws UserError when no such cluster runs */
export async function runningCluster(cli: Cli, options: CliOptions): Promise<Cluster> {
  const name = clusterName(cli, options);
  const cluster = await (await backendOf(cli, options)).find(name);
  if (!cluster) throw new UserError(`There is no running cluster "${name}".`, name === DEFAULT_CLUSTER ? 'cka cluster up' : `cka cluster up --name ${name}`);
  return cluster;
}

export function clusterName(cli: Cli, options: CliOptions): string {
  const name = (options['name'] as string | undefined) ?? cli.env['CKA_CLUSTER'] ?? DEFAULT_CLUSTER;
  // Nodes are called <name>-control-plane, and a node's name is a DNS label.
  if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) throw new UserError(`"${name}" cannot be the name of a cluster.`, 'Use up to 40 lower-case letters, digits and dashes.', 2);
  return name;
}

/**
 * The cluster that is wanted: what an existing one is like unless said otherwise.
 * @throws UserError when something else was said
 */
export async function wantedSpec(cli: Cli, options: CliOptions, backend: ClusterBackend): Promise<ClusterSpec> {
  const spec = specOf(cli, options);
  const known = (await backend.list()).find(({ name }) => name === spec.name);
  if (!known) return spec;
  const workers = known.nodes.length > 0 ? known.nodes.length - 1 : spec.workers;
  const asked: readonly (readonly [option: string, isSame: boolean, inWords: string])[] = [
    ['cni', spec.cni === known.cni, known.cni],
    ['workers', spec.workers === workers, `${workers} workers`],
    ['proxyMode', spec.proxyMode === known.proxyMode, `kube-proxy in ${known.proxyMode} mode`],
    ['encapsulation', known.encapsulation === undefined || spec.encapsulation === known.encapsulation, networkLine(known)],
  ];
  const differs = asked.filter(([option, isSame]) => options[option] !== undefined && !isSame).map(([, , inWords]) => inWords);
  if (differs.length > 0) throw new UserError(`Cluster ${spec.name} exists, with ${differs.join(' and ')}.`, `Give another --name, or remove it: cka cluster down --name ${spec.name}`, 2);
  return { name: spec.name, workers, cni: known.cni === 'other' ? spec.cni : known.cni, proxyMode: known.proxyMode, ...(known.encapsulation === undefined ? {} : { encapsulation: known.encapsulation }) };
}

/** The cluster for a lab: as the options say; where they say nothing, and clusters cost nothing, one that suits the lab. */
export async function specForLab(cli: Cli, options: CliOptions, backend: ClusterBackend, lab: Lab): Promise<ClusterSpec> {
  const isNamed = ['name', 'cni', 'proxyMode', 'encapsulation', 'workers', 'context'].some((option) => options[option] !== undefined) || cli.env['CKA_CLUSTER'] !== undefined;
  // A backend that knows beforehand what it would offer is the simulator, where a second cluster takes a second.
  if (isNamed || !backend.offers) return wantedSpec(cli, options, backend);
  const [{ usualCluster }, progress, known] = await Promise.all([import('../lab/usual-cluster.ts'), openProgress(cli), backend.list()]);
  return usualCluster(lab, DEFAULT_CLUSTER, known, await progress.all());
}

export function specOf(cli: Cli, options: CliOptions): ClusterSpec {
  const workers = (options['workers'] as string | undefined) ?? '2';
  if (!/^[1-9]$/.test(workers)) throw new UserError(`"${workers}" cannot be the number of workers.`, 'Use a number from 1 to 9.', 2);
  const cni = (options['cni'] as ClusterSpec['cni'] | undefined) ?? 'calico';
  const how = options['encapsulation'] as string | undefined;
  return {
    name: clusterName(cli, options), workers: Number(workers), cni, proxyMode: (options['proxyMode'] as ClusterSpec['proxyMode'] | undefined) ?? 'iptables',
    ...(how === undefined ? {} : { encapsulation: encapsulationOf(cni, how) }),
  };
}
