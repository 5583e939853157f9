/**
 * Grades a lab: every criterion asks its checker, side by side, each for 30 seconds at most. A checker that throws or
 * does not end has found nothing out: its criterion is unknown, which is never the learner's fault.
 */
import { unreachable } from '../base/assert.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { Api } from './api.ts';
import type { Checker, Finding } from './checker.ts';
import type { CheckReport, Criterion, CriterionResult, Lab } from './lab.ts';
import { scriptsOf } from './checker-script.ts';
import { clusterView } from './view.ts';

const CHECK_MS = 30_000;
/** Characters; a sentence of ours never comes near. */
const MOST_SHOWN = 1000;
/** What programs colour and move about with. See ECMA-48, CSI. */
const COLOURS = /\p{Cc}\[[\d;?]*[@-~]/gu;

export interface CheckOptions {
  /** How long one checker may take. */
  readonly boundMs?: number;
  /** The command line that starts this program: whose kubectl checker scripts call where the machine has none. */
  readonly self?: readonly string[];
}

/** @param now a monotonic clock, in milliseconds */
export async function checkLab(lab: Lab, cluster: Cluster, checkers: readonly Checker[], now: () => number, options: CheckOptions = {}): Promise<CheckReport> {
  const began = now();
  const api = new Api(cluster);
  const findings = new Map<string, Promise<Finding>>();
  // Gates look back only, so every finding that one waits for is already being made.
  for (const criterion of lab.criteria) findings.set(criterion.id, behindGates(criterion, lab, findings, () => judge(criterion, lab, cluster, checkers, api, options)));
  const criteria = await Promise.all(lab.criteria.map(async ({ id, title, points }): Promise<CriterionResult> => {
    const finding = inOneLine(await findings.get(id)!);
    return { id, title, of: points, points: finding.status === 'pass' ? points : 0, finding };
  }));
  const sum = (what: 'points' | 'of') => criteria.reduce((total, criterion) => total + criterion[what], 0);
  return { lab: lab.id, points: sum('points'), of: sum('of'), criteria, tookMs: Math.round(now() - began) };
}

/** What holds from the start earns nothing by itself: it counts once the work before it is done. */
async function behindGates({ needs = [] }: Criterion, lab: Lab, findings: ReadonlyMap<string, Promise<Finding>>, look: () => Promise<Finding>): Promise<Finding> {
  for (const need of needs) {
    const { status } = (await findings.get(need)) ?? { status: 'pass' };
    const title = lab.criteria.find(({ id }) => id === need)?.title ?? need;
    if (status === 'fail') return { status: 'fail', expected: `first: ${title}`, saw: 'that is not so yet; this counts from then on' };
    if (status === 'unknown') return { status: 'unknown', because: `it cannot be told whether this holds: ${title}` };
  }
  return look();
}

/** What comes from programs and files goes to a terminal: control characters would act there, and pages of it hide the rest. */
function inOneLine(finding: Finding): Finding {
  return Object.fromEntries(Object.entries(finding).map(([key, text]) => [key, shortened(text.replace(COLOURS, '').replace(/[\p{Cc}\s]+/gu, ' ').trim())])) as Finding;
}

const shortened = (text: string): string => (text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)} …`);

/** How a report as a whole ended. */
export type Outcome = 'full' | 'failed' | 'unknown';

/** Unknown wins over failed: while something cannot be told, the learner is not told to be wrong. */
export function outcomeOf(report: CheckReport): Outcome {
  if (report.criteria.some(({ finding }) => finding.status === 'unknown')) return 'unknown';
  return report.points === report.of ? 'full' : 'failed';
}

/** What was expected and what was seen, for one line each. */
export function expectedAndSeen(finding: Finding): { readonly expected?: string; readonly seen: string } {
  switch (finding.status) {
    case 'pass': return { seen: finding.saw };
    case 'fail': return { expected: finding.expected, seen: finding.saw };
    case 'unknown': return { seen: finding.because };
    default: return unreachable(finding);
  }
}

async function judge(criterion: Criterion, lab: Lab, cluster: Cluster, checkers: readonly Checker[], api: Api, { boundMs = CHECK_MS, self }: CheckOptions): Promise<Finding> {
  const checker = checkers.find(({ name }) => name === criterion.use);
  if (!checker) return { status: 'unknown', because: `there is no checker "${criterion.use}"` };
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve({ status: 'unknown', because: `the check did not end within ${boundMs / 1000} seconds` });
      stop.abort();
    }, boundMs);
  });
  try {
    return await Promise.race([checker.run(checker.parse(criterion.with), clusterView(cluster, stop.signal, api, scriptsOf(lab, cluster, stop.signal, self))), late]);
  } catch (error) {
    return { status: 'unknown', because: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Hints for what is there at the moment: of every observation whose condition holds. */
export async function observe(lab: Lab, cluster: Cluster, checkers: readonly Checker[], options: CheckOptions = {}): Promise<readonly string[]> {
  const api = new Api(cluster);
  const found = await Promise.all((lab.observations ?? []).map(async ({ when, hint }) => {
    const criterion = { id: 'observation', title: '', points: 0, ...when };
    return (await judge(criterion, lab, cluster, checkers, api, options)).status === 'pass' ? hint : undefined;
  }));
  return found.filter((hint) => hint !== undefined);
}
