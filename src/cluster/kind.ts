/**
 * kind as a cluster backend: builds clusters step by step, goes on where a build stopped, finds them again, and removes
 * what is provably ours and nothing else. The user's kubeconfig is never named to any program.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { ApiClient } from './client.ts';
import type { Cluster, ClusterBackend, ClusterSpec } from './cluster.ts';
import { alone, isHeld } from './cluster-lock.ts';
import { examineKind } from './doctor-kind.ts';
import { Engine, findEngine, wantedEngine } from './engine.ts';
import { interruptible } from './interrupt.ts';
import { KindCluster, kindInfo } from './kind-cluster.ts';
import { KindFiles, kindFolder, kindNames, type KindRecord } from './kind-files.ts';
import type { AppPaths } from './paths.ts';
import { refuseOther } from './spec.ts';
import { areFromOurBuild, deleteCluster, deleteLate, refuseForeign, requireOurs } from './steps/create.ts';
import { steps as allSteps } from './steps/index.ts';
import { type Build, type BuildOptions, runSteps, type Step, type StepEvent } from './steps/step.ts';
import { Tools } from './tools.ts';
import { endpointOf } from './user-kubeconfig.ts';

export interface KindOptions extends Partial<Omit<BuildOptions, 'root' | 'artifacts'>> {
  /** The folder with `kind/`. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders to take manifests and archives from. */
  readonly given?: readonly string[];
  readonly onStep?: (event: StepEvent) => void;
  readonly steps?: readonly Step[];
}

export function kindBackend(paths: Pick<AppPaths, 'data' | 'cache'>, options: KindOptions): ClusterBackend {
  const tools = new Tools({ env: ownEnvironment(options.env, paths) });
  const filesOf = (name: string) => new KindFiles(join(kindFolder(paths), name));
  const engineOf = (record: KindRecord, watched: Tools) => new Engine(record.engine, watched);

  const remove: Remove = async (files, record, { keepLogs } = { keepLogs: false }) => {
    const engine = engineOf(record, tools);
    const found = await engine.nodesOf(record.spec.name);
    await refuseUnlessOurs(found, record, files, engine);
    await deleteCluster({ engine, spec: record.spec, files, tools });
    if (record.hasBegunNodes && record.nodes === undefined) await deleteLate({ engine, spec: record.spec, files, tools });
    files.forget({ keepLogs });
  };

  const open = async (files: KindFiles, record: KindRecord): Promise<Cluster> => {
    const client = new ApiClient(await endpointOf(readFileSync(files.kubeconfig(), 'utf8'), tools));
    return new KindCluster({ files, record, engine: engineOf(record, tools), tools, client, remove: () => alone(files.folder, record.spec.name, () => remove(files, record)) });
  };

  const build = async (files: KindFiles, spec: ClusterSpec, onProgress: ((step: string) => void) | undefined): Promise<Cluster> =>
    interruptible(async (signal) => {
      const known = files.readRecord();
      // Nodes stay in the engine that made them, whichever one is found first now.
      const watched = tools.with({ signal, ...(known?.hasBegunNodes ? { env: { ...tools.env, KIND_EXPERIMENTAL_PROVIDER: known.engine } } : {}) });
      const engine = findEngine(watched);
      if (!engine) throw known?.hasBegunNodes ? new UserError(`The nodes of cluster ${spec.name} are in ${known.engine}, which is not here any more.`, `Install it again; or forget the cluster by removing ${files.folder}.`) : noEngine(wantedEngine(watched));
      if (!known) refuseForeign(spec.name, await engine.nodesOf(spec.name).catch(() => []));
      const record = known ?? files.writeRecord({ spec, engine: engine.name, installer: options.installer ?? 'manifest', begunAt: Date.now(), isReady: false });
      const start: Build = { spec, options: buildOptions(paths, options), files, tools: watched, engine, record, remember: () => undefined, say: () => undefined, show: () => undefined };
      try {
        await runSteps(options.steps ?? allSteps, start, (event) => {
          options.onStep?.(event);
          onProgress?.(inWords(event));
        });
      } catch (error) {
        const reached = files.readRecord() ?? record;
        // What this run began, it removes when it is interrupted; what `kind create` left half made is of no use to anybody.
        if ((signal.aborted && !known) || reached.nodes === undefined) await undo(files, reached, remove, error);
        throw error;
      }
      return open(files, files.readRecord() ?? record);
    });

  return {
    name: 'kind',
    async probe() {
      const failure = (await examineKind(tools)).find(({ status }) => status === 'failure');
      return failure ? { available: false, because: `${failure.title}: ${failure.detail}. ${failure.action ?? ''}`.trim() } : { available: true };
    },
    async up(spec, onProgress) {
      const files = filesOf(spec.name);
      const known = files.readRecord();
      if (known) refuseOther({ ...known.spec, proxyMode: known.proxyMode ?? known.spec.proxyMode }, spec);
      return alone(files.folder, spec.name, () => build(files, known?.spec ?? spec, onProgress));
    },
    async find(name) {
      const files = filesOf(name);
      const record = files.readRecord();
      if (!record?.isReady || !record.nodes) return undefined;
      const found = requireOurs(record.nodes, await engineOf(record, tools).nodesOf(name), name);
      return found.every(({ isRunning }) => isRunning) ? open(files, record) : undefined;
    },
    async list() {
      return Promise.all(kindNames(paths).map(async (name) => {
        const files = filesOf(name);
        const record = files.readRecord()!;
        const found = record.isReady ? await engineOf(record, tools).nodesOf(name).catch(() => []) : [];
        // A node that is missing, or is somebody else's now, is none that runs.
        const isWhole = record.nodes?.every((node) => found.some(({ id, isRunning }) => id === node.id && isRunning)) ?? false;
        const info = kindInfo(record, files, isWhole);
        return record.isReady ? info : { ...info, build: isHeld(files.folder) ? 'going on' : 'interrupted' } as const;
      }));
    },
    async remove(name) {
      const files = filesOf(name);
      const record = files.readRecord();
      if (!record) {
        // The logs of a build that was given up are all that may be there.
        if (!isHeld(files.folder)) files.forget({ keepLogs: false });
        return false;
      }
      await alone(files.folder, name, () => remove(files, record));
      return true;
    },
  };
}

type Remove = (files: KindFiles, record: KindRecord, options?: { readonly keepLogs: boolean }) => Promise<void>;

/** Never throws: what went wrong first is what the learner must read. */
async function undo(files: KindFiles, record: KindRecord, remove: Remove, error: unknown): Promise<void> {
  // The logs of a build that failed are what one looks at next.
  if (!record.hasBegunNodes) return files.forget({ keepLogs: true });
  const logs = files.logOf('cleanup');
  try {
    await remove(files, record, { keepLogs: true });
    logs.add('the nodes were removed');
  } catch (second) {
    logs.add((second as Error).message);
    if (error instanceof Error && second instanceof UserError) error.message += ` Removing what was made did not work either: ${second.message} ${second.action}`;
  }
}

async function refuseUnlessOurs(found: Awaited<ReturnType<Engine['nodesOf']>>, record: KindRecord, files: KindFiles, engine: Engine): Promise<void> {
  if (found.length === 0) return;
  const strangers = record.nodes ? found.filter(({ id }) => !record.nodes!.some((node) => node.id === id)) : (await areFromOurBuild(found, record, files, engine)) ? [] : found;
  refuseForeign(record.spec.name, strangers);
}

function noEngine(wanted: string | undefined): UserError {
  if (wanted !== undefined) return new UserError(`KIND_EXPERIMENTAL_PROVIDER says ${wanted}, which is not installed here.`, 'Install it, or unset that variable.');
  return new UserError('There is no docker, podman or nerdctl here.', 'Install Docker (docs.docker.com/engine/install), or use the simulator: --backend simulator.');
}

function buildOptions(paths: Pick<AppPaths, 'cache'>, { root, given, bundle, installer, nodeTools, images, fetchBytes, plugin }: KindOptions): BuildOptions {
  return {
    root, artifacts: { cache: paths.cache, given: [...(given ?? []), ...(bundle === undefined ? [] : [bundle])] },
    installer: installer ?? 'manifest', nodeTools: nodeTools ?? false, images: images ?? [],
    ...(bundle === undefined ? {} : { bundle }), ...(fetchBytes === undefined ? {} : { fetchBytes }), ...(plugin === undefined ? {} : { plugin }),
  };
}

/** Programs that look for a kubeconfig find none of the user's: even one that we call wrongly cannot change it. */
function ownEnvironment(env: KindOptions['env'], paths: Pick<AppPaths, 'data'>): KindOptions['env'] {
  return { ...env, KUBECONFIG: join(kindFolder(paths), 'no-kubeconfig') };
}

/** `[3/9] Creating the nodes: Preparing nodes`. */
function inWords(event: StepEvent): string {
  const head = `[${event.index}/${event.count}] ${event.step.title}`;
  if (event.type === 'line') return `${head}: ${event.line.replace(/^[•✓✗]\s*/, '').replace(/\s*\.\.\.$/, '')}`;
  return event.type === 'begin' ? head : `${head}: ${event.failed ? 'failed' : 'done'} (${(event.tookMs / 1000).toFixed(1)} s)`;
}
