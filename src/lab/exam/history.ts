/** Exams of the past, and whether it gets better: one line for each, a trend for each domain. Computed from their events. */
import { readdir } from 'node:fs/promises';
import { DOMAIN_WEIGHTS, type Domain } from './domains.ts';
import { ExamFile } from './exam-file.ts';
import type { ExamMode } from './plan.ts';
import { examPercent, taskScore } from './score.ts';
import { examState, type ExamStatus } from './state.ts';
import { readClocks, type Reading } from './time.ts';
import { join } from 'node:path';

export interface PastExam {
  readonly id: string;
  readonly title: string;
  readonly mode: ExamMode;
  readonly status: ExamStatus;
  readonly startedAt: number;
  readonly remainingMs: number;
  readonly tasks: number;
  readonly labs: readonly string[];
  readonly passPercent: number;
  readonly percent?: number;
  readonly passed?: boolean;
  readonly domains: Readonly<Partial<Record<Domain, number>>>;
}

/** Every exam in the folder, oldest first. One that cannot be read is told and left out. */
export async function pastExams(folder: string, onNotice: (text: string) => void = () => undefined, now: Reading = readClocks()): Promise<readonly PastExam[]> {
  // Names with a dot are locks.
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'));
  const found = await Promise.all(names.map(async (id): Promise<PastExam | undefined> => {
    try {
      const events = await new ExamFile(join(folder, id), onNotice).refresh();
      return events.length === 0 ? undefined : pastExam(examState(events, now));
    } catch (error) {
      onNotice((error as Error).message);
      return undefined;
    }
  }));
  return found.filter((exam) => exam !== undefined).toSorted((a, b) => a.startedAt - b.startedAt);
}

export function pastExam({ plan, status, startedAt, remainingMs, tasks }: ReturnType<typeof examState>): PastExam {
  const { settings } = plan;
  const shares = tasks.map(({ task, result }) => ({ weight: task.weight, share: taskScore(result).share, domain: task.domain }));
  const percent = status === 'graded' ? examPercent(shares) : undefined;
  const domains = DOMAIN_WEIGHTS.flatMap(([domain]) => {
    const own = examPercent(shares.filter((task) => task.domain === domain));
    return status === 'graded' && own !== undefined ? [[domain, own] as const] : [];
  });
  return {
    id: plan.id, title: settings.title, mode: settings.mode, status, startedAt, remainingMs, tasks: tasks.length, labs: plan.tasks.map(({ lab }) => lab),
    passPercent: settings.passPercent, ...(percent === undefined ? {} : { percent, passed: percent >= settings.passPercent }), domains: Object.fromEntries(domains),
  };
}

export const isOpen = ({ status }: Pick<PastExam, 'status'>): boolean => status !== 'graded';

export interface Trend {
  readonly domain: Domain;
  /** Percentages, oldest first. */
  readonly percents: readonly number[];
  /** The mean of the last three against the three before; undefined while there are fewer than two. */
  readonly change?: number;
}

export function trends(exams: readonly PastExam[]): readonly Trend[] {
  const graded = exams.filter(({ mode, percent }) => mode === 'exam' && percent !== undefined);
  return DOMAIN_WEIGHTS.flatMap(([domain]): readonly Trend[] => {
    const percents = graded.flatMap(({ domains }) => domains[domain] ?? []);
    if (percents.length === 0) return [];
    const recent = percents.slice(-3);
    const before = percents.slice(0, -recent.length).slice(-3);
    const past = before.length > 0 ? before : percents.slice(0, 1);
    return [{ domain, percents, ...(percents.length > 1 ? { change: Math.round((mean(recent) - mean(past)) * 10) / 10 } : {}) }];
  });
}

/** Labs of the last exams: the next drawing avoids them. */
export const recentLabs = (exams: readonly PastExam[]): readonly string[] => exams.filter(({ mode }) => mode === 'exam').slice(-2).flatMap(({ labs }) => labs);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
