/**
 * The simulator as a cluster backend: starts its process, finds it again, starts it anew when it was killed, and speaks to
 * it over its own API. Knows the simulation only through HTTPS.
 */
import { existsSync, readdirSync } from 'node:fs';
import { seededRng } from '../base/rng.ts';
import { UserError } from '../base/user-error.ts';
import type { ClusterIdentity } from '../server/identity.ts';
import { KUBERNETES_VERSION, PLAIN_MACHINES, planNodes } from '../sim/topology.ts';
import { ApiClient } from './client.ts';
import type { Capability, Cluster, ClusterBackend, ClusterInfo, ClusterSpec } from './cluster.ts';
import { USUAL_ENCAPSULATION } from './encapsulation.ts';
import { type AppPaths, clusterFolder, folderOf } from './paths.ts';
import { isAlive } from './living.ts';
import { SimulatorFiles } from './simulator-files.ts';
import type { ServingState } from './simulator-files.ts';
import { refuseOther } from './spec.ts';
import { POLL_MS, startServing } from './simulator-start.ts';
import { waitFor } from './wait-for.ts';

export interface SimulatorBackendOptions {
  /** The command line that serves one cluster; what `serveArguments` makes is appended. */
  readonly command?: readonly string[];
}

const STOPPING = { timeoutMs: 5_000, everyMs: POLL_MS };

export function simulatorBackend(paths: Pick<AppPaths, 'data'> & Partial<AppPaths>, options: SimulatorBackendOptions = {}): ClusterBackend {
  const command = options.command ?? ownCommand();
  const filesOf = (name: string) => new SimulatorFiles(clusterFolder(paths, name));
  const ensure = async (files: SimulatorFiles, spec: ClusterSpec, onProgress?: (step: string) => void): Promise<Cluster> => {
    const startAgain = () => startServing(files, spec, command, paths.cache);
    const running = await findServing(files);
    if (running) return new SimulatorCluster(files, spec, running, startAgain);
    onProgress?.('Starting the simulator');
    return new SimulatorCluster(files, spec, await startAgain(), startAgain);
  };
  return {
    name: 'simulator',
    probe: () => Promise.resolve({ available: true }),
    offers: offersOf,
    async up(spec, onProgress) {
      if (spec.proxyMode === 'nftables') throw new UserError('The simulated kube-proxy has no nftables mode.', 'Use --proxy-mode iptables or ipvs; a cluster of kind has all three: --backend kind', 2);
      const files = filesOf(spec.name);
      const known = files.readSpec();
      if (known) refuseOther(known, spec);
      return ensure(files, known ?? spec, onProgress);
    },
    // A cluster lives until `down`: one whose process was killed, or stopped for being idle, is started again.
    async find(name) {
      const files = filesOf(name);
      const spec = files.readSpec();
      return spec ? ensure(files, spec) : undefined;
    },
    async restore(spec, snapshot, onProgress) {
      const files = filesOf(spec.name);
      await (await this.find(spec.name))?.down();
      files.create();
      files.writeSpec(spec);
      files.write('store.json', snapshot);
      return ensure(files, spec, onProgress);
    },
    // What does not run is not started for that: it may be that it cannot.
    async remove(name) {
      const files = filesOf(name);
      const [spec, state] = [files.readSpec(), files.readState()];
      if (spec && state && isAlive(state) && files.has('identity.json')) {
        await new SimulatorCluster(files, spec, state, () => Promise.resolve(state)).down();
        return true;
      }
      const existed = existsSync(files.folder);
      files.remove();
      return existed;
    },
    async list() {
      const folder = folderOf(paths, 'simulator');
      const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
      const found = names.map(async (name) => {
        const files = filesOf(name);
        const spec = files.readSpec();
        return spec ? infoOf(files, spec, files.readState(), (await findServing(files)) !== undefined) : undefined;
      });
      return (await Promise.all(found)).filter((info) => info !== undefined);
    },
  };
}

/** This program again, with the loader it was started with. */
const ownCommand = (): readonly string[] => [process.execPath, ...process.execArgv, process.argv[1] ?? ''];

const offersOf = (spec: ClusterSpec): ReadonlySet<Capability> =>
  new Set<Capability>([...(spec.workers >= 2 ? (['nodes-2'] as const) : []), 'node-shell', 'reset', 'plain-machines', 'ipvs', `cni-${spec.cni}`, ...(spec.cni === 'calico' ? (['network-policy'] as const) : []), 'cluster-wide', 'simulator']);

class SimulatorCluster implements Cluster {
  readonly info: ClusterInfo;
  readonly offers: ReadonlySet<Capability>;
  readonly #files: SimulatorFiles;
  readonly #startAgain: () => Promise<ServingState>;
  #client: ApiClient;
  #state: ServingState;
  #reviving: Promise<boolean> | undefined;

  constructor(files: SimulatorFiles, spec: ClusterSpec, state: ServingState, startAgain: () => Promise<ServingState>) {
    this.#files = files;
    this.#state = state;
    this.#startAgain = startAgain;
    this.#client = clientOf(files, state.port);
    this.info = infoOf(files, spec, state, true);
    this.offers = offersOf(spec);
  }

  // A stream that never opened has run nothing.
  exec: Cluster['exec'] = (where, command, options) => this.#ask(() => this.#client.exec(where, command, options), true);

  session: Cluster['session'] = (where, command, io) => this.#ask(() => this.#client.session(where, command, io), true);

  request: Cluster['request'] = (method, path, body, contentType) => this.#ask(() => this.#client.request(method, path, body, contentType), method === 'GET');

  /**
   * What nobody was there to hear is asked again of a process that has come back. A half-heard question is asked again
   * only when asking twice changes nothing.
   */
  async #ask<T>(ask: () => Promise<T>, changesNothing = false): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof UserError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      const unheard = code === 'ECONNREFUSED' || (changesNothing && (code === 'ECONNRESET' || code === 'EPIPE'));
      if (!unheard || !(await this.#revive())) throw unreachable(this.info.name, error);
      return ask();
    }
  }

  /** Many ask at once; one process comes back. False when there is nothing to bring back: it lives, or the cluster is gone. */
  #revive(): Promise<boolean> {
    this.#reviving ??= (async () => {
      const now = this.#files.readState() ?? this.#state;
      if (this.#files.readSpec() === undefined || (now.pid === this.#state.pid && isAlive(now))) return false;
      this.#state = isAlive(now) ? now : await this.#startAgain();
      this.#client.close();
      this.#client = clientOf(this.#files, this.#state.port);
      return true;
    })().finally(() => {
      this.#reviving = undefined;
    });
    return this.#reviving;
  }

  async reset(): Promise<void> {
    const { status, body } = await this.request('POST', '/cka/v1/reset');
    if (status !== 200) throw new UserError(`The cluster ${this.info.name} could not be reset: ${(body as { message?: string }).message ?? status}.`, `See ${this.#files.log()}.`);
    // The server drops every connection after a reset; ours would only be found dead by the next request.
    this.#client.close();
  }

  async snapshot(): Promise<string> {
    const { status, body } = await this.request('GET', '/cka/v1/snapshot');
    if (status !== 200) throw new UserError(`The cluster ${this.info.name} could not be saved: ${(body as { message?: string }).message ?? status}.`, `See ${this.#files.log()}.`);
    return JSON.stringify(body);
  }

  async down(): Promise<void> {
    await this.#client.request('POST', '/cka/v1/shutdown').catch(() => undefined);
    this.#client.close();
    if (!(await waitFor(() => !isAlive(this.#state), STOPPING))) {
      process.kill(this.#state.pid, 'SIGKILL');
      await waitFor(() => !isAlive(this.#state), STOPPING);
    }
    this.#files.remove();
  }
}

/** The process that serves this cluster and answers; undefined when there is none. */
async function findServing(files: SimulatorFiles): Promise<ServingState | undefined> {
  const state = files.readState();
  if (!state || !isAlive(state) || !files.has('identity.json')) return undefined;
  const client = clientOf(files, state.port);
  try {
    const { status } = await client.request('GET', '/cka/v1/status', undefined, undefined, 10_000);
    return status === 200 ? state : undefined;
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

function clientOf(files: SimulatorFiles, port: number): ApiClient {
  const identity = files.read<ClusterIdentity>('identity.json');
  if (!identity) throw new UserError(`The credentials of the cluster in ${files.folder} are gone.`, 'Remove it with `cka cluster down` and start it again.');
  return new ApiClient({ url: `https://127.0.0.1:${port}`, authority: identity.authority.certificate, certificate: identity.admin.certificate, key: identity.admin.key });
}

function infoOf(files: SimulatorFiles, spec: ClusterSpec, state: ServingState | undefined, running: boolean): ClusterInfo {
  return {
    backend: 'simulator', name: spec.name, cni: spec.cni, proxyMode: spec.proxyMode, encapsulation: spec.encapsulation ?? USUAL_ENCAPSULATION,
    kubernetesVersion: state?.kubernetesVersion ?? KUBERNETES_VERSION,
    kubeconfig: files.kubeconfig(),
    context: `kind-${spec.name}`,
    nodes: state?.nodes ?? planNodes(spec, seededRng(0)).map((node) => node.name),
    machines: [...PLAIN_MACHINES.keys()],
    running,
    ...(spec.because === undefined ? {} : { because: spec.because }),
  };
}

function unreachable(name: string, error: unknown): UserError {
  return new UserError(`The cluster ${name} does not answer: ${(error as Error).message}.`, `Run \`cka cluster up --name ${name}\` to start it again; nothing in it is lost.`);
}
