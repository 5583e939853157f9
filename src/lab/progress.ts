/**
 * What a learner has done: every attempt at a lab, kept by lowdb in one JSON file under the data folder. Written to a
 * temporary file and renamed, so that a full disk or a crash leaves the old one whole; changed under a lock and read
 * anew each time, so that two processes lose nothing. An attempt without an end is a lab that runs.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import type { BackendName } from '../cluster/cluster.ts';
import type { CheckReport } from './lab.ts';
import { withLock } from './lock.ts';

export interface Attempt {
  readonly id: string;
  readonly lab: string;
  readonly backend: BackendName;
  /** Why it ran there, in words. */
  readonly because?: string;
  /** Name of the cluster it runs, or ran, on. */
  readonly cluster: string;
  /** Unix time in milliseconds, like every `…At`. */
  readonly startedAt: number;
  /** First time with full marks; what comes after does not change the result. */
  readonly completedAt?: number;
  readonly endedAt?: number;
  readonly points: number;
  readonly of: number;
  readonly hints: number;
  readonly checks: number;
  readonly solutionRead: boolean;
  /** What the lab was drawn with, where something in it varies. */
  readonly seed?: number;
  /** From the start to the check that gave `points`. */
  readonly tookMs: number;
  /** The exam that it was a task of, when it was no practice. */
  readonly exam?: string;
}

/** How a task of an exam ended, for the record of its lab. */
export interface ExamTaskResult {
  readonly lab: string;
  readonly backend: BackendName;
  readonly cluster: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Time spent on this task. */
  readonly tookMs: number;
  readonly points: number;
  readonly of: number;
  readonly seed?: number;
}

interface Content {
  readonly version: 1;
  attempts: Attempt[];
}

export interface ProgressOptions {
  readonly folder: string;
  readonly now?: () => number;
  /** Told when a damaged file was put aside. */
  readonly onNotice?: (text: string) => void;
}

export class Progress {
  readonly file: string;
  readonly #folder: string;
  readonly #now: () => number;
  readonly #onNotice: (text: string) => void;

  constructor(options: ProgressOptions) {
    this.#folder = options.folder;
    this.file = join(options.folder, 'progress.json');
    this.#now = options.now ?? Date.now;
    this.#onNotice = options.onNotice ?? (() => undefined);
  }

  /** Every attempt, oldest first. */
  async all(): Promise<readonly Attempt[]> {
    return (await this.#read()).attempts;
  }

  /** The best result of a lab, when there is one: most points, then fewest hints, then quickest. */
  async best(lab: string): Promise<Attempt | undefined> {
    return bestOf((await this.all()).filter((attempt) => attempt.lab === lab));
  }

  /** The attempt that runs on a cluster. */
  async running(cluster: string): Promise<Attempt | undefined> {
    return (await this.all()).findLast((attempt) => attempt.cluster === cluster && attempt.endedAt === undefined);
  }

  /** Begin an attempt; whatever else ran on that cluster has ended. */
  async begin(attempt: { readonly lab: string; readonly backend: BackendName; readonly because?: string; readonly cluster: string; readonly of: number; readonly hints?: number; readonly solutionRead?: boolean; readonly seed?: number }): Promise<Attempt> {
    const begun: Attempt = { hints: 0, solutionRead: false, ...attempt, id: randomUUID(), startedAt: this.#now(), points: 0, checks: 0, tookMs: 0 };
    await this.#change((content) => {
      content.attempts = [...ended(content.attempts, attempt.cluster, this.#now()), begun];
    });
    return begun;
  }

  /** Whatever runs on this cluster has ended. */
  async end(cluster: string): Promise<void> {
    if (!(await this.running(cluster))) return;
    await this.#change((content) => {
      content.attempts = ended(content.attempts, cluster, this.#now());
    });
  }

  /**
   * Record a check. A report with something unknown counts as a check, never as a result; one that nobody asked for is no
   * check, and a result only when it is better.
   */
  async checked(id: string, report: CheckReport, isAsked = true): Promise<Attempt | undefined> {
    const conclusive = report.criteria.every(({ finding }) => finding.status !== 'unknown');
    return this.#update(id, (attempt) => {
      const checks = attempt.checks + (isAsked ? 1 : 0);
      const isWorse = !isAsked && report.points <= attempt.points;
      if (!conclusive || isWorse || attempt.completedAt !== undefined) return { ...attempt, checks };
      const at = this.#now();
      const result = { ...attempt, checks, points: report.points, of: report.of, tookMs: at - attempt.startedAt };
      return report.points === report.of ? { ...result, completedAt: at } : result;
    });
  }

  async hintTaken(id: string): Promise<Attempt | undefined> {
    return this.#update(id, (attempt) => ({ ...attempt, hints: attempt.hints + 1 }));
  }

  async solutionRead(id: string): Promise<Attempt | undefined> {
    return this.#update(id, (attempt) => ({ ...attempt, solutionRead: true }));
  }

  /**
   * Record the tasks of an exam that were opened and graded, so that what went wrong there is practised next. An exam that
   * is recorded again changes nothing.
   */
  async recordExam(exam: string, tasks: readonly ExamTaskResult[]): Promise<void> {
    await this.#change((content) => {
      if (content.attempts.some((attempt) => attempt.exam === exam)) return;
      const taken = tasks.map((task): Attempt => ({
        ...task, id: randomUUID(), exam, hints: 0, checks: 1, solutionRead: false, ...(task.points === task.of ? { completedAt: task.endedAt } : {}),
      }));
      content.attempts = [...content.attempts, ...taken];
    });
  }

  async #update(id: string, change: (attempt: Attempt) => Attempt): Promise<Attempt | undefined> {
    let updated: Attempt | undefined;
    await this.#change((content) => {
      content.attempts = content.attempts.map((attempt) => (attempt.id === id ? (updated = change(attempt)) : attempt));
    });
    return updated;
  }

  async #change(change: (content: Content) => void): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await withLock(`${this.file}.lock`, async () => {
        const content = structuredClone(await this.#read());
        change(content);
        await (await this.#database(content)).write();
      });
    } catch (error) {
      throw explained(error, this.file);
    }
  }

  async #read(): Promise<Content> {
    const database = await this.#database({ version: 1, attempts: [] });
    try {
      await database.read();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw explained(error, this.file);
      return this.#putAside();
    }
    const version: unknown = (database.data as unknown as { version?: unknown } | null)?.version;
    if (typeof version === 'number' && version > 1) {
      throw new UserError(`${this.file} was written by a newer cka (version ${version} of the file).`, 'Update this cka, or set CKA_HOME to another folder.');
    }
    return isContent(database.data) ? database.data : this.#putAside();
  }

  async #putAside(): Promise<Content> {
    const copy = `${this.file}.damaged-${new Date(this.#now()).toISOString().replaceAll(':', '')}`;
    const fresh: Content = { version: 1, attempts: [] };
    await copyFile(this.file, copy);
    await (await this.#database(fresh)).write();
    this.#onNotice(`${this.file} was damaged. It is kept as ${copy}; progress starts anew.`);
    return fresh;
  }

  async #database(data: Content) {
    const [{ Low }, { JSONFile }] = await Promise.all([import('lowdb'), import('lowdb/node')]);
    return new Low<Content>(new JSONFile<Content>(this.file), data);
  }
}

/** Of attempts at one lab. */
export function bestOf(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points / b.of - a.points / a.of || a.hints - b.hints || a.tookMs - b.tookMs)[0];
}

function ended(attempts: readonly Attempt[], cluster: string, at: number): Attempt[] {
  return attempts.map((attempt) => (attempt.cluster === cluster && attempt.endedAt === undefined ? { ...attempt, endedAt: at } : attempt));
}

function isContent(data: unknown): data is Content {
  const attempts = (data as Partial<Content> | null)?.attempts;
  return Array.isArray(attempts) && attempts.every((attempt) => typeof attempt?.id === 'string' && typeof attempt.lab === 'string' && typeof attempt.of === 'number');
}

function explained(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new UserError(`The disk is full: progress could not be written to ${file}. What was there is whole.`, 'Free some space, then do it again.');
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') return new UserError(`${file} cannot be used (${code}).`, 'Give yourself access to that folder, or set CKA_HOME to one that you can write to.');
  return error;
}
