/**
 * The process behind a simulated cluster: boots the simulation, puts the API server in front of it, paces its clock by
 * the wall, keeps its objects on disk, and stops when told or when nobody has asked for anything in hours.
 * Knows no labs and no screens. One per cluster; its folder is its only memory. Long, for it is read as one story from
 * start to stop.
 */
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json } from '../api/object.ts';
import type { Disposer, EventClock } from '../base/clock.ts';
import { pace } from '../base/pacer.ts';
import { seededRng } from '../base/rng.ts';
import { UserError } from '../base/user-error.ts';
import type { Registry } from '../kinds/registry.ts';
import type { ContainerStreams } from '../server/containers.ts';
import type { InsideDoor } from '../server/inside.ts';
import { loadRest, type RunningServer, startServer } from '../server/https.ts';
import { useTokens } from '../server/token-request.ts';
import { Tokens } from '../server/tokens.ts';
import { createIdentity } from '../server/identity.ts';
import { kubeadmCredentials } from '../server/kubeadm-credentials.ts';
import type { ClusterIdentity } from '../server/identity.ts';
import { kubeconfigOf } from '../server/kubeconfig.ts';
import { versionInfo } from '../server/version.ts';
import { KUBERNETES_VERSION, planNodes, type NodePlan } from '../sim/topology.ts';
import type { ClusterSpec } from './cluster.ts';
import { answerTrace, type Traceable } from './trace-route.ts';
import { collectSoon } from './garbage.ts';
import { logLine } from './log-line.ts';
import { Persistence } from './persistence.ts';
import { bootSaved } from './restore.ts';
import { wallOf } from './wall.ts';
import { holderOf, isAlive } from './living.ts';
import { SimulatorFiles } from './simulator-files.ts';

/** What this process needs of a simulation. */
export interface RunningSimulation {
  readonly clock: EventClock;
  readonly registry: Registry;
  readonly nodes: ReadonlyMap<string, unknown>;
  readonly containers: ContainerStreams;
  /** Absent in tests that have no network. */
  readonly door?: InsideDoor;
  snapshot(): Json;
  /** May the snapshot differ though no object has changed? Absent in tests that have no nodes. */
  takeNodeUse?(): boolean;
  /** Absent in tests that have no network. */
  readonly trace?: Traceable['trace'];
}

export type BootSimulation = (options: ClusterSpec & { readonly seed: number; readonly unixMs: number; readonly snapshot?: Json; readonly firstRevision?: number; readonly authority?: string; readonly serverCertificate?: string; readonly credentials?: (plan: NodePlan) => Readonly<Record<string, string>>; readonly prepare?: (registry: Registry, clock: EventClock) => void }) => Promise<RunningSimulation>;

export interface SimulatorOptions extends ClusterSpec {
  /** Where the cluster lives; see `SimulatorFiles`. */
  readonly folder: string;
  /** Of the API server. Absent: the one it had before if that is free, or any. */
  readonly port?: number;
  /** Stop after so long without a request; 0 is never. */
  readonly idleHours?: number;
  readonly boot?: BootSimulation;
  readonly log?: (line: string) => void;
  /** Its time runs so many times as fast as ours, and nothing is kept on disk: to rehearse labs, not to learn in. */
  readonly rehearsalSpeed?: number;
}

export interface RunningSimulator {
  readonly url: string;
  readonly kubeconfig: string;
  readonly context: string;
  readonly nodes: readonly string[];
  /** Why it stopped. */
  readonly stopped: Promise<'asked' | 'idle'>;
  stop(): Promise<void>;
}

const IDLE_HOURS = 8;
const HOUR_MS = 3_600_000;
/** After those who wait for the cluster have been answered. */
const REST_MS = 300;

/** @throws UserError when the cluster is served already, or its folder cannot be written */
export async function runSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const files = new SimulatorFiles(options.folder);
  files.create();
  const release = takeLock(files, options.name);
  try {
    return await serve(options, files, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function serve(options: SimulatorOptions, files: SimulatorFiles, release: () => void): Promise<RunningSimulator> {
  const log = options.log ?? logLine;
  const spec: ClusterSpec = { name: options.name, workers: options.workers, cni: options.cni, proxyMode: options.proxyMode, ...(options.encapsulation === undefined ? {} : { encapsulation: options.encapsulation }), ...(options.because === undefined ? {} : { because: options.because }) };
  const boot = options.boot ?? (await import('./boot.ts')).bootSimulation;

  // Many programs wait on one signal: that is their nature, no leak.
  setMaxListeners(0);
  const identity = identityOf(files, spec);
  // Pods of the boot itself get real tokens too.
  const prepare = (registry: Registry, clock: EventClock) => useTokens(registry, new Tokens(identity, clock));
  const bootFrom = (from: { readonly snapshot?: Json; readonly firstRevision?: number }) =>
    boot({ ...spec, seed: seedOf(spec.name), unixMs: Date.now(), authority: identity.authority.certificate, serverCertificate: identity.server.certificate, credentials: kubeadmCredentials(identity, { cluster: spec.name, unixMs: Date.now() }), prepare, ...from });
  let simulation = await bootSaved(files, bootFrom, log);
  const persistence = new Persistence(files, log);
  const keep = options.rehearsalSpeed === undefined;
  const start = () => startWorld(simulation, keep ? persistence : undefined, log, options.rehearsalSpeed);
  let stopWorld = start();
  // A program inside the simulation that fails in a way nobody thought of must not take the learner's cluster with it.
  const onStray = (reason: unknown) => log(`stray failure: ${(reason as Error)?.stack ?? String(reason)}`);
  process.on('unhandledRejection', onStray);

  let lastAsked = performance.now();
  let askedToStop: (why: 'asked' | 'idle') => void = () => {};
  const stopping = new Promise<'asked' | 'idle'>((resolve) => (askedToStop = resolve));

  let resetting = Promise.resolve();
  const reset = async () => {
    stopWorld();
    // A new world from the same seed: the start again, without the restarts that machines switched on anew would show.
    simulation = await bootFrom({ firstRevision: simulation.registry.store.revision + 1 });
    stopWorld = start();
    server.replace(simulation);
    if (keep) persistence.changed();
    collectSoon();
  };
  const own = (request: IncomingMessage, response: ServerResponse, path: string): boolean => {
    const answer = (code: number, body: unknown) => void response.writeHead(code, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    switch (`${request.method} ${path}`) {
      case 'GET /cka/v1/status':
        return answer(200, { ...spec, pid: process.pid, nodes: [...simulation.nodes.keys()], uptimeMs: Math.round(performance.now()), memoryBytes: process.memoryUsage().rss, ...persistence.trouble() }), true;
      case 'GET /cka/v1/trace':
        return simulation.trace !== undefined && (answerTrace(simulation as Traceable, request.url ?? '/', answer), true);
      case 'GET /cka/v1/snapshot':
        return answer(200, simulation.snapshot()), true;
      case 'POST /cka/v1/reset':
        // One after the other: two resets at once would leave two worlds.
        resetting = resetting.then(reset).then(
          () => {
            response.once('finish', () => setImmediate(() => server.drop()));
            answer(200, {});
          },
          (error: Error) => {
            log(`reset: ${error.stack ?? error.message}`);
            answer(500, { message: error.message });
          },
        );
        return true;
      case 'POST /cka/v1/shutdown':
        answer(200, {});
        return askedToStop('asked'), true;
      default:
        return false;
    }
  };

  const server = await listen(options.port, files.read<number>('port.json'), (port) =>
    startServer({
      registry: simulation.registry, containers: simulation.containers, clock: simulation.clock, ...(simulation.door && { door: simulation.door }), identity, version: versionInfo(KUBERNETES_VERSION), extra: own, port,
      onActivity: () => (lastAsked = performance.now()),
      onBug: (error, what) => log(`${what}: ${(error as Error).stack ?? String(error)}`),
    }),
  );
  const nodes = [...simulation.nodes.keys()];
  files.write('kubeconfig', kubeconfigOf(spec.name, server.url, identity));
  files.write('port.json', String(server.port));
  files.writeSpec(spec);
  files.writeState({ ...holderOf(), port: server.port, nodes, kubernetesVersion: KUBERNETES_VERSION });

  collectSoon();
  setTimeout(() => void loadRest().catch((error: Error) => log(`load: ${error.message}`)), REST_MS).unref();
  const idleMs = (options.idleHours ?? IDLE_HOURS) * HOUR_MS;
  const idleTimer = idleMs > 0 ? setInterval(() => {
    if (server.isBusy()) lastAsked = performance.now();
    else if (performance.now() - lastAsked > idleMs) askedToStop('idle');
  }, Math.min(idleMs, 60_000)) : undefined;
  const stopped = stopping.then(async (why) => {
    clearInterval(idleTimer);
    stopWorld();
    if (keep) await persistence.flush();
    await server.close();
    process.off('unhandledRejection', onStray);
    files.clearState();
    release();
    return why;
  });
  return {
    url: server.url,
    kubeconfig: files.kubeconfig(),
    context: `kind-${spec.name}`,
    nodes,
    stopped,
    stop: async () => {
      askedToStop('asked');
      await stopped;
    },
  };
}

/** Time runs, and every change goes to disk; the returned function ends both. */
function startWorld(simulation: RunningSimulation, persistence: Persistence | undefined, log: (line: string) => void, speed = 1): Disposer {
  const stopPacing = pace(simulation.clock, wallOf(speed, (error) => log(`event: ${(error as Error).stack ?? String(error)}`)));
  const stopKeeping = persistence?.keep(simulation.registry.store, () => simulation.snapshot(), () => simulation.takeNodeUse?.() ?? false);
  return () => {
    stopPacing();
    stopKeeping?.();
  };
}

/** The server's certificate holds the control plane's address, which the same seed will give it. */
function identityOf(files: SimulatorFiles, spec: ClusterSpec): ClusterIdentity {
  const known = files.read<ClusterIdentity>('identity.json');
  if (known) return known;
  const identity = createIdentity({ clusterName: spec.name, unixMs: Date.now(), nodeIp: planNodes(spec, seededRng(seedOf(spec.name)))[0]!.address });
  files.write('identity.json', JSON.stringify(identity));
  return identity;
}

/** The wanted port or none; else the former one, so that open shells go on; else any. @throws UserError */
async function listen(wanted: number | undefined, former: number | undefined, start: (port: number) => Promise<RunningServer>): Promise<RunningServer> {
  try {
    return await start(wanted ?? former ?? 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (wanted === undefined && former !== undefined && code === 'EADDRINUSE') return start(0);
    if (code === 'EADDRINUSE') throw new UserError(`Port ${wanted} of 127.0.0.1 is in use.`, 'Choose another port, or none to get any that is free.');
    if (code === 'EACCES') throw new UserError(`Port ${wanted} may not be used by you.`, 'Choose a port above 1023.');
    throw error;
  }
}

/** Two processes must not serve one folder. The state of a process that was killed is not in the way. */
function takeLock(files: SimulatorFiles, name: string): () => void {
  const held = files.read<{ pid: number; startedAt: string | undefined }>('lock.json');
  if (held && held.pid !== process.pid && isAlive(held)) {
    throw new UserError(`Cluster ${name} is already served by process ${held.pid}.`, `Stop it with \`cka cluster down --name ${name}\`, or choose another name.`);
  }
  files.takeLock(holderOf(), held !== undefined);
  return () => files.releaseLock();
}

/** The same name gives the same MAC addresses and pod names: a lab looks alike for two learners. */
function seedOf(name: string): number {
  let seed = 7;
  for (const letter of name) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  return seed;
}
