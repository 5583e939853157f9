/**
 * A lab proves itself: red at the start, set-up that may run twice, full marks after its solution and after every
 * alternative, each mistake caught by the criteria that it names, and a start that a reset restores. Knows no screen.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkLab, outcomeOf } from '../check.ts';
import type { Checker } from '../checker.ts';
import type { CheckReport, Lab, Mistake } from '../lab.ts';
import { clear, prepare } from '../setup.ts';
import { fillIn } from '../template.ts';
import type { Bench, Ground } from './ground.ts';
import { mutationsOf } from './mutate.ts';

export interface Proof {
  readonly lab: string;
  readonly seed: number;
  readonly name: string;
  /** What went wrong; undefined when the proof holds. */
  readonly problem?: string;
  readonly tookMs: number;
}

export interface ProveOptions {
  readonly checkers: readonly Checker[];
  /** The command line that starts this program, for checker scripts that call kubectl. */
  readonly self?: readonly string[];
  /** Also leave out one step of the solution at a time: some criterion must notice. */
  readonly mutate?: boolean;
  /** Only what no lab may ship without: red, full marks, and the mistakes where they cost little. */
  readonly essentials?: boolean;
  /** Leave the mistakes out. */
  readonly noMistakes?: boolean;
  /** A check that is to turn green has this long: the network needs a moment, as everywhere. */
  readonly patienceMs?: number;
  readonly onProof?: (proof: Proof) => void;
}

const PATIENCE_MS = 45_000;
const POLL_MS = 60;
const SHOWN_LINES = 6;
const MUTANT_MS = 8000;

/** Everything that is to be proved about a lab, for one seed. @returns one proof per claim, in no order */
export async function proveLab(lab: Lab, ground: Ground, options: ProveOptions): Promise<readonly Proof[]> {
  const claims: readonly (readonly [string, (bench: Bench) => Promise<string | undefined>])[] = [
    ['red at the start, full marks after solution.sh, red after a reset', (bench) => fromRedToFullAndBack(lab, bench, options)],
    ...(options.essentials ? [] : lab.proof.alternatives).map((script) => [`full marks after alternatives/${basename(script)}`, (bench: Bench) => isFull(lab, script, bench, options)] as const),
    ...(options.noMistakes || (options.essentials && lab.touches === 'cluster') ? [] : lab.proof.mistakes).map((mistake) => [`mistakes/${basename(mistake.script)} is caught by ${mistake.caughtBy.join(', ')}`, (bench: Bench) => isCaught(lab, mistake, bench, options)] as const),
    ...(options.mutate ? mutationsOf(await textOf(lab, lab.proof.solution), lab.drawn?.faults).map(({ left, script }) => [`missed without \`${left}\``, (bench: Bench) => isMissed(lab, script, bench, options)] as const) : []),
  ];
  return Promise.all(claims.map(async ([name, claim]) => {
    let began = performance.now();
    const problem = await ground.with(lab, (bench) => {
      began = performance.now();
      return claim(bench);
    }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const proof: Proof = { lab: lab.id, seed: lab.seed ?? 0, name, tookMs: Math.round(performance.now() - began), ...(problem === undefined ? {} : { problem }) };
    options.onProof?.(proof);
    return proof;
  }));
}

async function fromRedToFullAndBack(lab: Lab, bench: Bench, options: ProveOptions): Promise<string | undefined> {
  await prepare(lab, bench.cluster, undefined, options.checkers);
  const red = notRed(await check(lab, bench, options));
  if (red !== undefined) return `at the start: ${red}`;
  if (options.essentials) return solve(lab, lab.proof.solution, bench, options);
  await prepare(lab, bench.cluster, undefined, options.checkers);
  const twice = notRed(await check(lab, bench, options));
  if (twice !== undefined) return `when the set-up ran twice: ${twice}`;
  const full = await solve(lab, lab.proof.solution, bench, options);
  if (full !== undefined) return full;
  if (lab.touches === 'cluster') await bench.cluster.reset();
  else await clear(bench.cluster);
  await prepare(lab, bench.cluster, undefined, options.checkers);
  const again = notRed(await check(lab, bench, options));
  return again === undefined ? undefined : `after a reset: ${again}`;
}

async function isFull(lab: Lab, script: string, bench: Bench, options: ProveOptions): Promise<string | undefined> {
  await prepare(lab, bench.cluster, undefined, options.checkers);
  return solve(lab, script, bench, options);
}

async function solve(lab: Lab, script: string, bench: Bench, options: ProveOptions): Promise<string | undefined> {
  const { exitCode, output } = await bench.run(await textOf(lab, script), lab);
  if (exitCode !== 0) return `${basename(script)} ended with ${exitCode}: ${tail(output)}`;
  const end = performance.now() + (options.patienceMs ?? PATIENCE_MS);
  for (;;) {
    const report = await check(lab, bench, options);
    if (outcomeOf(report) === 'full') return undefined;
    if (performance.now() > end) return `${report.points} of ${report.of} points: ${said(report)}`;
    await pause(POLL_MS);
  }
}

async function isCaught(lab: Lab, { script, caughtBy }: Mistake, bench: Bench, options: ProveOptions): Promise<string | undefined> {
  await prepare(lab, bench.cluster, undefined, options.checkers);
  const { exitCode, output } = await bench.run(await textOf(lab, script), lab);
  if (exitCode !== 0) return `${basename(script)} ended with ${exitCode}: ${tail(output)}`;
  const report = await settled(lab, bench, options);
  const missed = caughtBy.filter((id) => report.criteria.find((criterion) => criterion.id === id)?.finding.status !== 'fail');
  const unknown = report.criteria.filter(({ finding }) => finding.status === 'unknown');
  return missed.length === 0 && unknown.length === 0 ? undefined : `not caught by ${missed.join(', ') || 'all, for something is unknown'}: ${said(report)}`;
}

async function isMissed(lab: Lab, script: string, bench: Bench, options: ProveOptions): Promise<string | undefined> {
  await prepare(lab, bench.cluster, undefined, options.checkers);
  // What the missing step would have made may be waited for in vain.
  await bench.run(script, lab, MUTANT_MS);
  const report = await settled(lab, bench, options);
  return outcomeOf(report) === 'full' ? 'full marks all the same: nothing looks at this step' : undefined;
}

/** Check until two reports in a row find the same. Their words may differ: milliseconds, names of pods. */
async function settled(lab: Lab, bench: Bench, options: ProveOptions): Promise<CheckReport> {
  for (let last = '', round = 0; ; round++) {
    const report = await check(lab, bench, options);
    const now = report.criteria.map(({ finding }) => finding.status).join();
    if (now === last || round > 20) return report;
    last = now;
    await pause(4 * POLL_MS);
  }
}

/** Why a report is not that of an untouched lab. What holds from the start must stand behind a gate. */
function notRed(report: CheckReport): string | undefined {
  const wrong = report.criteria.filter(({ finding }) => finding.status !== 'fail');
  return wrong.length === 0 ? undefined : `${wrong.map(({ id, finding }) => `${id} is ${finding.status}`).join(', ')}: ${said(report)}`;
}

const check = (lab: Lab, bench: Bench, options: ProveOptions) => checkLab(lab, bench.cluster, options.checkers, () => performance.now(), options.self ? { self: options.self } : {});

async function textOf(lab: Lab, path: string): Promise<string> {
  return fillIn(await readFile(path, 'utf8'), lab.drawn?.values ?? {});
}

/** What every criterion found, for a proof that fails. */
function said(report: CheckReport): string {
  return report.criteria.map(({ id, finding }) => `${id} ${finding.status}${finding.status === 'pass' ? '' : ` (${finding.status === 'fail' ? finding.saw : finding.because})`}`).join('; ');
}

/** The end of what a script printed: where it says why it gave up. */
function tail(output: string): string {
  const lines = output.trim().split('\n');
  return lines.length <= SHOWN_LINES ? lines.join('\n') : `…\n${lines.slice(-SHOWN_LINES).join('\n')}`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, ms);
});
