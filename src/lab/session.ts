/**
 * A lab that runs on a cluster: start or find again, check, hint, reset, stop. What must outlive this process (when it
 * began, hints taken, the result) is in the progress file, so that any other process can go on with the same lab.
 * Knows no screen and no backend.
 */
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import type { Capability, Cluster, ClusterBackend, ClusterSpec } from '../cluster/cluster.ts';
import { checkLab, observe } from './check.ts';
import type { Checker } from './checker.ts';
import type { CheckReport, Lab } from './lab.ts';
import { withLock } from './lock.ts';
import type { Attempt, Progress } from './progress.ts';
import { clear, isPrepared, prepare, type Progressing } from './setup.ts';
import { type LabShell, prepareShell, type ShellFolders } from './shell/lab-shell.ts';
import { ownFolder } from './shell/own-folder.ts';

/** Longer than any cluster needs to come up. */
const START_PATIENCE_MS = 300_000;

export interface SessionOptions {
  readonly lab: Lab;
  readonly backend: ClusterBackend;
  readonly spec: ClusterSpec;
  readonly progress: Progress;
  readonly checkers: readonly Checker[];
  readonly folders: ShellFolders;
  readonly onProgress?: Progressing;
  /** What the lab is drawn with; by default another seed with every attempt. */
  readonly seed?: number;
  /** Asks before anything of a foreign pack is run. @throws UserError when the learner has not agreed */
  readonly agree?: (lab: Lab) => Promise<void>;
  /** Told when something beside the point failed: a result that could not be written, a namespace that lingers. */
  readonly onNotice?: (text: string) => void;
}

export class LabSession {
  readonly lab: Lab;
  readonly cluster: Cluster;
  /** Was it running already when we came? */
  readonly resumed: boolean;
  readonly #options: SessionOptions;
  #attempt: Attempt;
  #writing: Promise<void> = Promise.resolve();
  #shell: LabShell;

  private constructor(options: SessionOptions, cluster: Cluster, attempt: Attempt, shell: LabShell, resumed: boolean) {
    this.lab = options.lab;
    this.cluster = cluster;
    this.resumed = resumed;
    this.#options = options;
    this.#attempt = attempt;
    this.#shell = shell;
  }

  /** Bring the cluster up and put the lab into it; go on where the learner was when it runs already. @throws UserError */
  static async start(options: SessionOptions): Promise<LabSession> {
    const { folders, spec } = options;
    await ownFolder(folders.run);
    // Two screens that open labs on one cluster at the same moment do it one after the other.
    return withLock(join(folders.run, `${spec.name}.lock`), () => LabSession.#startAlone(options), START_PATIENCE_MS);
  }

  static async #startAlone(options: SessionOptions): Promise<LabSession> {
    const { backend, spec, progress, onProgress, folders } = options;
    const existed = await backend.find(spec.name);
    const cluster = existed ?? (await backend.up(spec, onProgress));
    requireCapabilities(options.lab, cluster, usualMode(options.lab));
    const running = await progress.running(spec.name);
    if (running?.lab === options.lab.id) {
      const same = asDrawn(options.lab, running.seed);
      if (await isPrepared(same, cluster)) return new LabSession({ ...options, lab: same }, cluster, running, await prepareShell(same, cluster, folders), true);
    }
    // The first time it is as its author wrote it; then drawn anew each time, so that memory does not solve it.
    const lab = asDrawn(options.lab, options.seed ?? (await progress.all()).filter((attempt) => attempt.lab === options.lab.id).length);
    await options.agree?.(lab);
    if (running && running.lab !== lab.id) options.onNotice?.(`Lab ${running.lab} was running on cluster ${spec.name}. It has ended.`);
    // Whoever is interrupted from here on finds no running lab, and starts afresh.
    await progress.end(spec.name);
    const used = existed !== undefined && (await progress.all()).some(({ cluster: name }) => name === spec.name);
    await fresh(lab, cluster, used, options.checkers, onProgress);
    const attempt = await progress.begin({ lab: lab.id, ...placeOf(cluster), cluster: spec.name, of: pointsOf(lab), ...seedOf(lab) });
    return new LabSession({ ...options, lab }, cluster, attempt, await prepareShell(lab, cluster, folders), false);
  }

  /** The running lab. @throws UserError when it does not run */
  static async find(options: SessionOptions): Promise<LabSession> {
    const { lab, backend, spec, progress } = options;
    const running = await progress.running(spec.name);
    const notRunning = new UserError(`Lab ${lab.id} is not running on cluster ${spec.name}.`, `Start it: cka lab start ${lab.id}`, 2);
    if (running?.lab !== lab.id) throw notRunning;
    // A simulator that was killed comes back with everything in it: `up` restarts it from what it kept.
    const cluster = (await backend.find(spec.name)) ?? (await backend.up(spec, options.onProgress));
    const same = asDrawn(lab, running.seed);
    return new LabSession({ ...options, lab: same }, cluster, running, await prepareShell(same, cluster, options.folders), true);
  }

  /** Unix time in milliseconds. */
  get startedAtMs(): number {
    return this.#attempt.startedAt;
  }

  get hintsTaken(): number {
    return this.#attempt.hints;
  }

  get attempt(): Attempt {
    return this.#attempt;
  }

  /** @param isAsked false when nobody asked and a screen looks by itself: kept only when it is the best so far */
  async check(isAsked = true): Promise<CheckReport> {
    // A pack that changed since it was agreed to is another pack.
    await this.#options.agree?.(this.lab);
    const report = await checkLab(this.lab, this.cluster, this.#options.checkers, () => performance.now(), { self: this.#options.folders.self });
    if (isAsked || report.points > this.#attempt.points) await this.#record(() => this.#options.progress.checked(this.#attempt.id, report, isAsked));
    return report;
  }

  /** Hints that look at the cluster as it is now. Not counted: they tell only what the learner could see. */
  async observations(): Promise<readonly string[]> {
    // They may ask checker scripts, as a check does.
    await this.#options.agree?.(this.lab);
    return observe(this.lab, this.cluster, this.#options.checkers, { self: this.#options.folders.self });
  }

  /** The next hint, counted; undefined when all have been given. */
  takeHint(): string | undefined {
    const hint = this.lab.hints[this.#attempt.hints];
    if (hint === undefined) return undefined;
    this.#attempt = { ...this.#attempt, hints: this.#attempt.hints + 1 };
    void this.#record(() => this.#options.progress.hintTaken(this.#attempt.id));
    return hint;
  }

  /** The solution, noted as read. */
  readSolution(): string {
    if (!this.#attempt.solutionRead) {
      this.#attempt = { ...this.#attempt, solutionRead: true };
      void this.#record(() => this.#options.progress.solutionRead(this.#attempt.id));
    }
    return this.lab.solution;
  }

  /** Back to the lab's start: a new attempt; hints that were read stay read. */
  async reset(onProgress?: Progressing): Promise<void> {
    await this.#options.agree?.(this.lab);
    await this.settled();
    const { cluster, of, hints, solutionRead } = this.#attempt;
    await this.#options.progress.end(cluster);
    await fresh(this.lab, this.cluster, true, this.#options.checkers, onProgress ?? this.#options.onProgress);
    this.#attempt = await this.#options.progress.begin({ lab: this.lab.id, ...placeOf(this.cluster), cluster, of, hints, solutionRead, ...seedOf(this.lab) });
    this.#shell = await prepareShell(this.lab, this.cluster, this.#options.folders);
  }

  /** End the lab and remove what it made; the cluster stays. */
  async stop(): Promise<void> {
    await this.settled();
    await this.#options.progress.end(this.#attempt.cluster);
    if (this.cluster.offers.has('reset')) await this.cluster.reset();
    else await clear(this.cluster);
  }

  /** What a shell must know to work on this lab and nothing else. */
  shellEnvironment(): Record<string, string> {
    return { ...this.#shell.environment };
  }

  /** The learner's own shell, told about this lab. */
  shell(): LabShell {
    return this.#shell;
  }

  /** When everything about this session is written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Recording comes after the lab itself: when it fails, the learner is told and goes on. */
  #record(write: () => Promise<Attempt | undefined>): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      try {
        this.#attempt = (await write()) ?? this.#attempt;
      } catch (error) {
        this.#options.onNotice?.(error instanceof UserError ? `${error.message} ${error.action}` : String(error));
      }
    });
    return this.#writing;
  }
}

const asDrawn = (lab: Lab, seed: number | undefined): Lab => (seed === undefined || seed === lab.seed ? lab : (lab.vary?.(seed) ?? lab));

/** Where it runs, and why there. */
const placeOf = ({ info: { backend, because } }: Cluster): Pick<Attempt, 'backend' | 'because'> => ({ backend, ...(because === undefined ? {} : { because }) });

const seedOf = ({ seed }: Lab): { readonly seed?: number } => (seed === undefined ? {} : { seed });

export function pointsOf(lab: Lab): number {
  return lab.criteria.reduce((total, { points }) => total + points, 0);
}

/**
 * A cluster that labs have used goes back to its start where it can; on others the namespaces of labs are removed, and
 * what the learner made there for themselves stays.
 */
async function fresh(lab: Lab, cluster: Cluster, used: boolean, checkers: readonly Checker[], onProgress: Progressing = () => undefined): Promise<void> {
  if (used) onProgress('putting the cluster back to its start');
  if (used && cluster.offers.has('reset')) await cluster.reset();
  else await clear(cluster);
  await prepare(lab, cluster, onProgress, checkers);
}

const CAPABILITY_WORDS: Readonly<Record<Capability, string>> = {
  'nodes-2': 'two worker nodes',
  'node-shell': 'a shell on the nodes',
  'network-policy': 'a network plugin that enforces NetworkPolicy',
  ipvs: 'kube-proxy in IPVS mode',
  reset: 'a cluster that can be put back to its start',
  'cni-calico': 'Calico',
  'cni-flannel': 'Flannel',
  'plain-machines': 'machines beside the cluster',
  'cluster-wide': 'leave to change what belongs to no namespace',
  simulator: 'the simulator',
  kind: 'real kernels and containers (kind)',
};

/** What a lab that says nothing is made for. One that switches the mode itself may find it switched. */
const usualMode = ({ proxyMode, touches }: Lab): Lab['proxyMode'] => proxyMode ?? (touches === 'cluster' ? undefined : 'iptables');

/** @throws UserError when the cluster cannot do what the lab needs */
export function requireCapabilities(lab: Lab, cluster: Cluster, proxyMode: Lab['proxyMode'] = lab.proxyMode): void {
  if (proxyMode !== undefined && proxyMode !== cluster.info.proxyMode) {
    const action = cluster.switchProxyMode ? `Switch it: cka cluster proxy-mode ${proxyMode} --name ${cluster.info.name}` : `Make another cluster: cka cluster up --name ${proxyMode} --proxy-mode ${proxyMode}, then give --name ${proxyMode}`;
    throw new UserError(`Lab ${lab.id} needs kube-proxy in ${proxyMode} mode, and on cluster ${cluster.info.name} it is in ${cluster.info.proxyMode} mode.`, action);
  }
  const needs: readonly Capability[] = lab.touches === 'cluster' ? [...lab.needs, 'cluster-wide'] : lab.needs;
  const missing = needs.filter((need) => !cluster.offers.has(need));
  if (missing.length === 0) return;
  const reasons = missing.map((need) => cluster.whyNot?.(need)).filter((reason) => reason !== undefined);
  throw new UserError(
    `Lab ${lab.id} needs ${missing.map((need) => CAPABILITY_WORDS[need]).join(' and ')}, which cluster ${cluster.info.name} does not have${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}.`,
    'Choose another cluster with --name, or another backend with --backend: the simulator runs nearly every lab.',
  );
}
