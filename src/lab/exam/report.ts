/**
 * The report of a graded exam: score by task, criterion and domain, what was expected and seen, where the minutes went,
 * what is weak and what to practise next. Pure data, computed from the exam's state; `report-*.ts` say it in words.
 */
import type { Lab } from '../lab.ts';
import { backendLine } from '../../cluster/choice.ts';
import { expectedAndSeen } from '../check.ts';
import { DOMAIN_WEIGHTS, type Domain } from './domains.ts';
import { adviceOn, adviceOnBaseHost } from './habits.ts';
import type { ExamMode, ExamTask } from './plan.ts';
import { examPercent, taskScore, type TaskScore } from './score.ts';
import type { ExamState, Stretch, TaskState } from './state.ts';
import type { Typed } from './typed.ts';

export interface ReportedCriterion {
  readonly id: string;
  readonly title: string;
  readonly status: 'pass' | 'fail' | 'unknown';
  readonly points: number;
  readonly of: number;
  readonly expected?: string;
  readonly seen: string;
  readonly nudge?: string;
  readonly why?: string;
}

export interface ReportedTask extends Pick<ExamTask, 'id' | 'lab' | 'title' | 'domain' | 'competency' | 'difficulty' | 'weight' | 'host' | 'cluster'> {
  readonly status: TaskScore['status'];
  readonly points: number;
  readonly of: number;
  /** Percent of the exam that it gave. */
  readonly earned: number;
  /** Why it could not be graded. */
  readonly because?: string;
  readonly targetMs: number;
  readonly spentMs: number;
  readonly visits: number;
  readonly flagged: boolean;
  readonly note: string;
  readonly criteria: readonly ReportedCriterion[];
  /** What was typed on its host, and what to learn from it. */
  readonly typed: readonly Typed[];
  readonly advice: readonly string[];
}

export interface ReportedDomain {
  readonly domain: Domain;
  /** Percent of the real exam. */
  readonly examWeight: number;
  readonly tasks: number;
  /** Undefined when nothing in it was asked, or nothing could be judged. */
  readonly percent?: number;
}

export interface ExamReport {
  readonly id: string;
  readonly title: string;
  readonly mode: ExamMode;
  readonly seed: number;
  /** Unix milliseconds, as all `…At`. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly finishedBy: 'choice' | 'time';
  readonly minutes: number;
  readonly usedMs: number;
  readonly pausedMs: number;
  readonly passPercent: number;
  /** Of what could be judged; undefined when nothing could. */
  readonly percent?: number;
  readonly passed?: boolean;
  readonly tasks: readonly ReportedTask[];
  readonly domains: readonly ReportedDomain[];
  readonly timeline: readonly Stretch[];
  /** Competencies below the pass mark, weakest first. */
  readonly weak: readonly { readonly competency: string; readonly domain: Domain; readonly percent: number }[];
  /** Labs to do next. */
  readonly next: readonly { readonly lab: string; readonly title: string; readonly because: string }[];
  readonly advice: readonly string[];
  /** What the exam did not cover. */
  readonly remarks: readonly string[];
  /** Where its clusters ran and why there, in words: `simulator: it needs nothing and starts at once`. */
  readonly places: readonly string[];
}

export interface ReportInput {
  readonly state: ExamState;
  /** The exam's own copies, by task. */
  readonly labs: ReadonlyMap<string, Lab>;
  /** Every lab there is, to choose the next ones from. */
  readonly all: readonly Lab[];
  /** What was typed on the base host. */
  readonly base?: readonly Typed[];
}

export function examReport({ state, labs, all, base = [] }: ReportInput): ExamReport {
  const { plan } = state;
  const { settings } = plan;
  const tasks = state.tasks.map((task) => reported(task, labs));
  const shares = state.tasks.map(({ task, result }) => ({ weight: task.weight, share: taskScore(result).share, domain: task.domain, competency: task.competency }));
  const percent = examPercent(shares);
  const domains = DOMAIN_WEIGHTS.map(([domain, examWeight]): ReportedDomain => {
    const own = shares.filter((task) => task.domain === domain);
    return { domain, examWeight, tasks: own.length, ...(examPercent(own) === undefined ? {} : { percent: examPercent(own)! }) };
  });
  const weak = [...new Set(shares.map(({ competency }) => competency))]
    .map((competency) => {
      const own = shares.filter((task) => task.competency === competency);
      return { competency, domain: own[0]!.domain, percent: examPercent(own) };
    })
    .filter((one): one is { competency: string; domain: Domain; percent: number } => one.percent !== undefined && one.percent < settings.passPercent)
    .toSorted((a, b) => a.percent - b.percent);
  return {
    id: plan.id, title: settings.title, mode: settings.mode, seed: settings.seed,
    startedAt: state.startedAt, finishedAt: state.finishedAt ?? state.startedAt, finishedBy: state.finishedBy ?? 'choice',
    minutes: settings.minutes, usedMs: state.usedMs, pausedMs: state.pausedMs, passPercent: settings.passPercent,
    ...(percent === undefined ? {} : { percent, passed: percent >= settings.passPercent }),
    tasks, domains, timeline: state.timeline, weak, next: nextLabs(tasks, weak, all), advice: generalAdvice(state, tasks, base), remarks: plan.remarks,
    places: [...new Set(state.tasks.flatMap(({ place }) => (place ? [backendLine(place)] : [])))],
  };
}

function reported({ task, result, spentMs, visits, flagged, note, typed }: TaskState, labs: ReadonlyMap<string, Lab>): ReportedTask {
  const score = taskScore(result);
  const lab = labs.get(task.id);
  const foreign = [...labs].filter(([id]) => id !== task.id).flatMap(([, other]) => other.namespaces);
  const because = result && 'invalid' in result ? result.invalid : score.status === 'invalid' ? 'no criterion could be judged' : undefined;
  const criteria = result && 'report' in result ? result.report.criteria : [];
  return {
    id: task.id, lab: task.lab, title: task.title, domain: task.domain, competency: task.competency, difficulty: task.difficulty, weight: task.weight, host: task.host, cluster: task.cluster,
    status: score.status, points: score.points, of: score.of, earned: Math.round((score.share ?? 0) * task.weight * 10) / 10,
    ...(because === undefined ? {} : { because }),
    targetMs: task.minutes * 60_000, spentMs, visits, flagged, note,
    criteria: criteria.map(({ id, title, points, of, finding }): ReportedCriterion => {
      const why = lab?.criteria.find((criterion) => criterion.id === id)?.why;
      return { id, title, status: finding.status, points, of, ...expectedAndSeen(finding), ...(finding.status === 'fail' && finding.nudge !== undefined ? { nudge: finding.nudge } : {}), ...(why === undefined ? {} : { why }) };
    }),
    typed, advice: lab ? adviceOn({ typed, lab, foreign }) : [],
  };
}

const NEXT = 5;

/** First the tasks that were not full, then other labs of the weakest competencies. */
function nextLabs(tasks: readonly ReportedTask[], weak: ExamReport['weak'], all: readonly Lab[]): ExamReport['next'] {
  const again = tasks.filter(({ status }) => status === 'part' || status === 'none').toSorted((a, b) => (b.weight - b.earned) - (a.weight - a.earned));
  const others = weak.flatMap(({ competency }) => all.filter((lab) => lab.competency === competency && !tasks.some((task) => task.lab === lab.id)).map((lab) => ({ lab: lab.id, title: lab.title, because: `more of "${competency}"` })));
  return [...again.map(({ lab, title, weight, earned }) => ({ lab, title, because: `${Math.round((weight - earned) * 10) / 10} % of the exam was lost here` })), ...others].slice(0, NEXT);
}

/** About the exam as a whole. */
function generalAdvice(state: ExamState, tasks: readonly ReportedTask[], base: readonly Typed[]): readonly string[] {
  const slow = tasks.filter(({ spentMs, targetMs, status }) => spentMs > 2 * targetMs && status !== 'full');
  const unseen = tasks.filter(({ visits }) => visits === 0);
  return [
    ...adviceOnBaseHost(base),
    ...strays(state),
    ...slow.map(({ id, title }) => `Task ${id} (${title}) took more than twice its time and did not get full marks. Flag such a task and come back when the others are done.`),
    ...(unseen.length > 0 && state.finishedBy === 'time' ? [`${unseen.length} ${unseen.length === 1 ? 'task was' : 'tasks were'} never opened. In the first two minutes, look at all of them and begin with the heavy and easy ones.`] : []),
  ];
}

/** Commands on the host of a task that was not the open one: the wrong terminal. */
function strays({ tasks, timeline, startedAt, pausedMs }: ExamState): readonly string[] {
  // With pauses, exam time and wall time drift apart: better no advice than a wrong one.
  if (pausedMs > 0) return [];
  return tasks.flatMap(({ task, typed }) => {
    const elsewhere = typed.filter(({ at }) => {
      const open = timeline.find(({ fromMs, toMs }) => at - startedAt >= fromMs && at - startedAt < toMs);
      return open !== undefined && open.task !== task.id;
    });
    return elsewhere.length < 2 ? [] : [`${elsewhere.length} commands were typed on ${task.host} (task ${task.id}) while another task was open. Look at the prompt before you press Enter.`];
  });
}
