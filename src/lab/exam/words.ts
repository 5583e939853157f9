/** Words that every form of the report uses. */
import type { ExamReport, ReportedTask } from './report.ts';

/** `45 s`, `12 min`, `1 h 5 min`. */
export function inWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const STATUS_WORDS: Readonly<Record<ReportedTask['status'], string>> = { full: 'full marks', part: 'in part', none: 'no points', invalid: 'not counted' };

/** `72.5 %: passed (66 % were needed)`. */
export function verdict({ percent, passed, passPercent }: Pick<ExamReport, 'percent' | 'passed' | 'passPercent'>): string {
  if (percent === undefined) return 'Nothing could be judged: the environments were broken. This exam counts as not taken.';
  return `${percent} %: ${passed ? 'passed' : 'not passed'} (${passPercent} % needed)`;
}

export function ending({ finishedBy, usedMs, minutes, pausedMs }: Pick<ExamReport, 'finishedBy' | 'usedMs' | 'minutes' | 'pausedMs'>): string {
  const paused = pausedMs > 0 ? `, paused for ${inWords(pausedMs)}` : '';
  return finishedBy === 'time' ? `All ${minutes} minutes used: time ran out${paused}.` : `Ended after ${inWords(usedMs)} of ${minutes} minutes${paused}.`;
}

/** How many minutes a drawing of the exam's time shows: what was used of them, in four equal parts of whole minutes. */
export function shownMinutes({ usedMs, minutes }: Pick<ExamReport, 'usedMs' | 'minutes'>): number {
  return Math.min(minutes, Math.ceil(Math.max(1, usedMs) / 240_000) * 4);
}

/** When a task was worked on, drawn with one character for each part of the shown time. */
export function timeRow(report: Pick<ExamReport, 'usedMs' | 'minutes' | 'timeline'>, task: string, cells: number, [worked, idle]: readonly [string, string]): string {
  const own = report.timeline.filter((stretch) => stretch.task === task);
  const cellMs = (shownMinutes(report) * 60_000) / cells;
  return Array.from({ length: cells }, (_, cell) => (own.some(({ fromMs, toMs }) => fromMs < (cell + 1) * cellMs && toMs > cell * cellMs) ? worked : idle)).join('');
}

/** When, how it ended, what it was drawn from, where it ran. */
export function circumstances(report: Pick<ExamReport, 'startedAt' | 'finishedBy' | 'usedMs' | 'minutes' | 'pausedMs' | 'seed' | 'places'>): string {
  return [`${moment(report.startedAt)}.`, ending(report), `Seed ${report.seed}.`, ...(report.places.length > 0 ? [`Ran on ${report.places.join('; ')}.`] : [])].join(' ');
}

/** A moment as people write it, in the learner's own time zone. */
export function moment(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `4 min of 10 min`: how long a task took of what a prepared candidate needs. */
export const timeTaken = ({ visits, spentMs, targetMs }: { readonly visits: number; readonly spentMs: number; readonly targetMs: number }): string => (visits === 0 ? 'never opened' : `${inWords(spentMs)} of ${inWords(targetMs)}`);
