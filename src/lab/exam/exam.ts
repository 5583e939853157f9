/**
 * An exam that is taken: begun or found again, its environments brought up, everything that happens added to its list,
 * graded at the end. What must outlive this process is in the exam's folder; any process may go on with it.
 * Knows no screen and no backend. Over 250 lines because an exam is one thing with many verbs, each a few lines.
 */
import { join } from 'node:path';
import type { Disposer } from '../../base/clock.ts';
import { UserError } from '../../base/user-error.ts';
import type { Capability, Cluster, ClusterBackend, ClusterSpec } from '../../cluster/cluster.ts';
import type { Checker } from '../checker.ts';
import type { Lab } from '../lab.ts';
import { withLock } from '../lock.ts';
import { requireCapabilities } from '../session.ts';
import { prepare, type Progressing } from '../setup.ts';
import type { LabShell, ShellFolders } from '../shell/lab-shell.ts';
import { ownFolder } from '../shell/own-folder.ts';
import { drawExam } from './draw.ts';
import type { ExamHappening } from './event.ts';
import { ExamFile } from './exam-file.ts';
import { baseShell, type ExamFolders, hostShell } from './exam-shell.ts';
import { gradeTask } from './grade.ts';
import type { ExamPlan, ExamSettings, ExamTask } from './plan.ts';
import { examState, type ExamState } from './state.ts';
import { keepState, restoreState } from './kept-state.ts';
import { copyLabs, readLabs } from './lab-copies.ts';
import { readClocks, type Reading } from './time.ts';

/** Longer than any cluster needs to come up. */
const START_PATIENCE_MS = 300_000;
/** Environments that are brought up at once: a boot needs most of a processor, a fault that takes hold only time. */
const AT_ONCE = 3;

export interface ExamPorts {
  /** The folder that holds a folder for each exam. */
  readonly exams: string;
  readonly backend: ClusterBackend;
  /** What the clusters can do, where the backend knows it of no cluster before it is there. */
  readonly offers?: (spec: ClusterSpec) => ReadonlySet<Capability>;
  readonly checkers: readonly Checker[];
  readonly folders: ShellFolders;
  readonly clocks?: () => Reading;
  readonly onNotice?: (text: string) => void;
  /** Asked before anything of a foreign pack is run. @throws UserError when the learner has not agreed */
  readonly agree?: (labs: readonly Lab[]) => Promise<void>;
  /** Told when every task has its result; told again when a later call finds it so. */
  readonly record?: (state: ExamState) => Promise<void>;
}

export class Exam {
  readonly plan: ExamPlan;
  readonly folder: string;
  readonly #ports: ExamPorts;
  readonly #file: ExamFile;
  readonly #labs: ReadonlyMap<string, Lab>;
  readonly #preparing = new Map<string, Promise<Cluster>>();
  readonly #listeners = new Set<() => void>();
  #grading: Promise<void> | undefined;
  #ending: Promise<unknown> = Promise.resolve();

  private constructor(plan: ExamPlan, file: ExamFile, labs: ReadonlyMap<string, Lab>, ports: ExamPorts) {
    this.plan = plan;
    this.folder = file.folder;
    this.#file = file;
    this.#labs = labs;
    this.#ports = ports;
  }

  /** Draw one and start its clock. Its labs are copied: a pack that changes or goes away changes nothing. @throws UserError */
  static async start(id: string, settings: ExamSettings, labs: readonly Lab[], recent: readonly string[], ports: ExamPorts): Promise<Exam> {
    const offers = ports.offers ?? (ports.backend.offers && ((spec: ClusterSpec) => ports.backend.offers!(spec)));
    const drawn = drawExam({ id, settings, labs, recent, ...(offers ? { offers } : {}) });
    await ports.agree?.(drawn.labs);
    const folder = join(ports.exams, id);
    const copies = await copyLabs(folder, drawn.plan, drawn.labs);
    const file = new ExamFile(folder, ports.onNotice);
    await file.begin({ type: 'started', plan: drawn.plan, clocks: (ports.clocks ?? readClocks)() });
    return new Exam(drawn.plan, file, copies, ports);
  }

  /** @throws UserError when there is no such exam, or it cannot be read */
  static async open(id: string, ports: ExamPorts): Promise<Exam> {
    const file = new ExamFile(join(ports.exams, id), ports.onNotice);
    const [first] = await file.refresh();
    if (first?.type !== 'started') throw new UserError(`There is no exam "${id}".`, '`cka exam list` shows those that you took.', 2);
    return new Exam(first.plan, file, await readLabs(file.folder), ports);
  }

  state(): ExamState {
    return examState(this.#file.events, this.#now());
  }

  /** The state as the disk has it: another terminal may have gone on with the exam. */
  async latest(): Promise<ExamState> {
    await this.#file.settled();
    await this.#file.refresh();
    return this.state();
  }

  onChange(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  task(id: string): ExamTask {
    const task = this.plan.tasks.find((one) => one.id === id || one.host === id);
    if (!task) throw new UserError(`This exam has no task "${id}".`, `It has ${this.plan.tasks.length}: use a number from 1 to ${this.plan.tasks.length}.`, 2);
    return task;
  }

  lab(task: ExamTask): Lab {
    const lab = this.#labs.get(task.id);
    if (!lab) throw new UserError(`The lab of task ${task.id} is missing in ${this.folder}.`, 'Finish the exam: that task is not counted.');
    return lab;
  }

  /** Undefined when its copy was lost. */
  knownLab = (task: ExamTask): Lab | undefined => this.#labs.get(task.id);

  open = (task: string) => this.#happen({ type: 'opened', task });
  flag = (task: string, flagged: boolean) => this.#happen({ type: 'flagged', task, flagged });
  note = (task: string, text: string) => this.#happen({ type: 'noted', task, text });
  leave = () => this.#happen({ type: 'left' });
  comeBack = () => this.#happen({ type: 'returned' });

  /** A sign of life, every so often. Clusters that died meanwhile come back with everything in them, unasked. */
  async alive(): Promise<void> {
    await this.#happen({ type: 'alive' });
    const ready = new Set(this.state().tasks.filter(({ environment }) => environment === 'ready').map(({ task }) => task.cluster));
    for (const name of ready) if (this.#isOpen()) await this.#ports.backend.find(name).catch(() => undefined);
  }

  /** @throws UserError where the clock may not be stopped */
  async pause(): Promise<void> {
    if (!this.plan.settings.pauses) throw new UserError('The clock of this exam cannot be stopped: the real one cannot either.', 'Start the next one with --pauses.', 2);
    if (this.state().status === 'running') await this.#happen({ type: 'paused' });
  }

  async goOn(): Promise<void> {
    if (this.state().status === 'paused') await this.#happen({ type: 'continued' });
  }

  /** The environment of a task, brought up when it is not there. @throws UserError */
  prepared(task: ExamTask, onProgress?: Progressing): Promise<Cluster> {
    const known = this.#preparing.get(task.id);
    // To find a cluster is to start it again where it died.
    if (known) return known.then(async (cluster) => (this.#isOpen() ? await this.#ports.backend.find(cluster.info.name) : undefined) ?? cluster);
    const coming = this.#prepare(task, onProgress);
    this.#preparing.set(task.id, coming);
    coming.catch(() => this.#preparing.delete(task.id));
    return coming;
  }

  /** Every environment, cluster by cluster. One that fails is noted, and does not hold up the others. */
  async prepareAll(onProgress: Progressing = () => undefined): Promise<void> {
    const waiting = [...this.plan.clusters];
    const work = async () => {
      for (let spec = waiting.shift(); spec; spec = waiting.shift()) {
        for (const task of this.plan.tasks.filter(({ cluster }) => cluster === spec!.name)) {
          await this.prepared(task, (step) => onProgress(`task ${task.id}: ${step}`)).catch(() => undefined);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** The shell on a task's host. */
  async shell(task: ExamTask): Promise<LabShell> {
    return hostShell(this.plan, task, this.lab(task), await this.prepared(task), this.#folders());
  }

  /** The shell on the bare host. */
  baseShell(): Promise<LabShell> {
    return baseShell(this.plan, this.#folders());
  }

  /** End it, grade it, keep every final state, and let the clusters go. A second call goes on where the first was interrupted. */
  async finish(by: 'choice' | 'time', onProgress: Progressing = () => undefined): Promise<ExamState> {
    const { status } = await this.latest();
    if (status !== 'finished' && status !== 'graded') await this.#happen({ type: 'finished', by: status === 'over' ? 'time' : by });
    this.#grading ??= this.#grade(onProgress).finally(() => (this.#grading = undefined));
    await this.#grading;
    await this.#ports.record?.(this.state());
    return this.state();
  }

  /** The shell on the host of a task as it was at the end. @throws UserError when that was not kept */
  async review(task: ExamTask, onProgress?: Progressing): Promise<LabShell> {
    const spec = this.plan.clusters.find(({ name }) => name === task.cluster)!;
    const cluster = await restoreState(this.folder, spec, this.#ports.backend, onProgress);
    return hostShell(this.plan, task, this.lab(task), cluster, this.#folders());
  }

  /** Let the clusters of a review go; their states stay kept. */
  endReview(): Promise<void> {
    const { backend } = this.#ports;
    // Removed, not found: what was stopped meanwhile is not started for that.
    this.#ending = Promise.all(this.plan.clusters.map(async ({ name }) => (backend.remove ? backend.remove(name) : (await backend.find(name))?.down())));
    return this.#ending.then(() => undefined);
  }

  /** For whoever ends now and cannot write it later. @throws UserError when the disk has refused something that happened */
  async kept(): Promise<void> {
    await this.#file.settled();
    if (!this.#file.isWhole) throw new UserError('That is not in the exam, since it could not be written.', 'Do it again when the disk lets you.');
  }

  /** Everything that was begun is on disk, and what should go has gone. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#file.settled(), this.#ending]);
  }

  async #grade(onProgress: Progressing): Promise<void> {
    const { backend, checkers, folders } = this.#ports;
    const open = this.state().tasks.filter(({ result }) => result === undefined);
    if (open.length === 0) return;
    onProgress(`grading ${open.length} tasks`);
    const { open: last } = this.state();
    await Promise.all(open.map(async (state) => {
      const { task } = state;
      const { result, typed } = await gradeTask({ state, isOpen: task.id === last, lab: this.#labs.get(task.id), backend, checkers, folder: this.folder, self: folders.self });
      await this.#happen({ type: 'graded', task: task.id, result, typed });
    }));
    onProgress('keeping the final states');
    await Promise.all(this.plan.clusters.map((spec) => keepState(this.folder, spec, backend, (text) => this.#ports.onNotice?.(text))));
  }

  async #prepare(task: ExamTask, onProgress: Progressing = () => undefined): Promise<Cluster> {
    const { backend, folders, checkers } = this.#ports;
    const spec = this.plan.clusters.find(({ name }) => name === task.cluster)!;
    try {
      await ownFolder(folders.run);
      // One after the other on one cluster, whichever process it is.
      return await withLock(join(folders.run, `${spec.name}.lock`), async () => {
        const found = await backend.find(spec.name);
        const before = (await this.latest()).tasks.find((state) => state.task.id === task.id)?.environment;
        if (found && before === 'ready') return found;
        const cluster = found ?? (await backend.up(spec, onProgress));
        requireCapabilities(this.lab(task), cluster);
        await prepare(this.lab(task), cluster, onProgress, checkers);
        const { backend: kind, because } = cluster.info;
        await this.#happen({ type: 'prepared', task: task.id, place: { backend: kind, ...(because === undefined ? {} : { because }) } });
        // The base host's `ssh` finds it from now on.
        await hostShell(this.plan, task, this.lab(task), cluster, this.#folders());
        return cluster;
      }, START_PATIENCE_MS);
    } catch (error) {
      await this.#happen({ type: 'unprepared', task: task.id, because: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /** May its clusters still be needed? Those of an exam that is being graded go, and must not come back. */
  #isOpen(): boolean {
    return ['running', 'paused', 'over'].includes(this.state().status);
  }

  #folders(): ExamFolders {
    return { ...this.#ports.folders, exam: this.folder };
  }

  #now(): Reading {
    return (this.#ports.clocks ?? readClocks)();
  }

  async #happen(what: ExamHappening): Promise<void> {
    const written = this.#file.append({ ...what, clocks: this.#now() });
    for (const listener of [...this.#listeners]) listener();
    await written;
  }
}
