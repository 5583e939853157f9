/** Where an exam is put together for a command or a screen: its folder, its labs, its ports; which one is meant. */
import { join } from 'node:path';
import { NAME_ALPHABET } from '../../base/rng.ts';
import { UserError } from '../../base/user-error.ts';
import type { Backends } from '../../cluster/backends.ts';
import type { Exam, ExamPorts } from '../../lab/exam/exam.ts';
import type { PastExam } from '../../lab/exam/history.ts';
import type { ExamSettings } from '../../lab/exam/plan.ts';
import type { ExamReport } from '../../lab/exam/report.ts';
import type { ExamState } from '../../lab/exam/state.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Cli, CliArgument, CliOptions } from '../command.ts';
import { backendOf, loadLabs, openProgress, paths, shellFolders } from '../labs.ts';
import { wholeNumber } from '../values.ts';

export const EXAM_ARGUMENT: CliArgument = { name: '[exam]', description: 'id of the exam (default: the one that runs, else the last one)' };

/** How an exam is begun, beside its settings. */
export interface Beginning {
  /** Options of the command line: which backend. */
  readonly options?: CliOptions;
  /** One question, where somebody can be asked. */
  readonly ask?: (question: string) => Promise<string>;
}

export async function examPorts(cli: Cli, { options = {}, ask }: Beginning = {}): Promise<ExamPorts & { readonly backend: Backends }> {
  const [backend, folders, { data }, { checkers }] = await Promise.all([backendOf(cli, options), shellFolders(cli), paths(cli), import('../../../checkers/index.ts')]);
  return {
    exams: join(data, 'exams'), backend, checkers, folders,
    onNotice: (text) => cli.err(`Note: ${text}\n`),
    async agree(labs) {
      const { requireAgreement } = await import('../pack/agree.ts');
      for (const lab of labs) await requireAgreement(cli, lab, ask);
    },
    record: (state) => recordExam(cli, state),
  };
}

/** What an exam found goes into the record of its labs. Whoever cannot write there still has the report. */
async function recordExam(cli: Cli, state: ExamState): Promise<void> {
  const [{ attemptsIn }, progress] = await Promise.all([import('../../lab/exam/attempts.ts'), openProgress(cli)]);
  try {
    await progress.recordExam(state.plan.id, attemptsIn(state));
  } catch (error) {
    cli.err(`Note: the exam is not in the record of your labs: ${(error as Error).message}\n`);
  }
}

/** Oldest first. */
export async function pastExamsOf(cli: Cli): Promise<readonly PastExam[]> {
  const [{ pastExams }, { data }] = await Promise.all([import('../../lab/exam/history.ts'), paths(cli)]);
  return pastExams(join(data, 'exams'), (text) => cli.err(`Note: ${text}\n`));
}

/** Draw and begin. One exam at a time: two clocks would both go on. @throws UserError */
export async function startExam(cli: Cli, settings: ExamSettings, labs?: readonly Lab[], beginning?: Beginning): Promise<Exam> {
  const [{ Exam }, { withLock }, { ownFolder }, { recentLabs }, ports] = await Promise.all([import('../../lab/exam/exam.ts'), import('../../lab/lock.ts'), import('../../lab/shell/own-folder.ts'), import('../../lab/exam/history.ts'), examPorts(cli, beginning)]);
  await ownFolder(ports.exams);
  // Machines wired by hand are no exam task: there is no host to ssh to.
  const all = labs ?? (await loadLabs(cli)).filter(({ needs }) => !needs.includes('plain-machines'));
  return withLock(join(ports.exams, '.lock'), async () => {
    const past = await pastExamsOf(cli);
    const other = past.find(({ status }) => status !== 'graded');
    if (other) throw new UserError(`Exam ${other.id} is not finished yet.`, 'Go on with it: cka exam resume. End it: cka exam finish', 2);
    const id = newId(past);
    const ground = await (await import('./ground.ts')).groundFor(id, settings, ports.backend, beginning?.options ?? {}, (step) => cli.err(`${step} …\n`));
    try {
      return await Exam.start(id, ground.settings, all, recentLabs(past), { ...ports, ...(ground.own ? { offers: () => ground.own!.offers } : {}) });
    } catch (error) {
      // Their cluster stays; our record of it goes.
      await ground.own?.down();
      throw error;
    }
  });
}

/** The exam that is meant: by id, the one of this shell, the one that runs, the last one. @throws UserError */
export async function chosenExam(cli: Cli, typed: string | undefined): Promise<Exam> {
  const id = typed ?? cli.env['CKA_EXAM'] ?? (await lastExam(cli));
  const [{ Exam }, ports] = await Promise.all([import('../../lab/exam/exam.ts'), examPorts(cli)]);
  const exam = await Exam.open(id, ports);
  const { backend, context } = exam.plan.settings;
  if (backend === undefined) return exam;
  return Exam.open(id, await examPorts(cli, { options: { backend, ...(context === undefined ? {} : { context }) } }));
}

/** The exam that runs. @throws UserError when it has ended */
export async function runningExam(cli: Cli, typed: string | undefined): Promise<Exam> {
  const exam = await chosenExam(cli, typed);
  const { status } = exam.state();
  if (status === 'over') throw new UserError(`The time of exam ${exam.plan.id} is over.`, 'cka exam finish grades it.', 2);
  if (status === 'finished' || status === 'graded') throw new UserError(`Exam ${exam.plan.id} has ended.`, 'cka exam report shows its report; cka exam review brings a final state back.', 2);
  return exam;
}

async function lastExam(cli: Cli): Promise<string> {
  const past = await pastExamsOf(cli);
  const last = past.find(({ status }) => status !== 'graded') ?? past.at(-1);
  if (!last) throw new UserError('You have not taken an exam yet.', 'cka exam start', 2);
  return last.id;
}

/** Short enough to type. */
function newId(past: readonly PastExam[]): string {
  for (;;) {
    const id = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => NAME_ALPHABET[byte % NAME_ALPHABET.length]).join('');
    if (!past.some((exam) => exam.id === id)) return id;
  }
}

/** @throws UserError when it is not graded yet */
export async function reportOf(cli: Cli, exam: Exam): Promise<ExamReport> {
  const state = await exam.latest();
  if (state.status !== 'graded') throw new UserError(`Exam ${exam.plan.id} is not graded yet.`, 'cka exam finish ends and grades it.', 2);
  const [{ examReport }, { readTyped }, { recordOf, BASE_HOST }, all] = await Promise.all([import('../../lab/exam/report.ts'), import('../../lab/exam/typed.ts'), import('../../lab/exam/exam-shell.ts'), loadLabs(cli)]);
  const labs = new Map(exam.plan.tasks.flatMap((task) => {
    const lab = exam.knownLab(task);
    return lab ? [[task.id, lab] as const] : [];
  }));
  return examReport({ state, labs, all, base: await readTyped(recordOf(exam.folder, BASE_HOST)) });
}

/** Settings from options. @throws UserError */
export async function settingsOf(options: CliOptions, drill?: Lab): Promise<ExamSettings> {
  const { EXAM_DEFAULTS } = await import('../../lab/exam/plan.ts');
  const number = (name: string, fallback: number, from: number, to: number): number => {
    const text = options[name];
    if (typeof text !== 'string') return fallback;
    return wholeNumber(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, text, { from, to });
  };
  const base = drill ? { ...EXAM_DEFAULTS, mode: 'drill' as const, title: 'Drill', minutes: drill.minutes, tasks: 1, passPercent: 100 } : EXAM_DEFAULTS;
  return {
    ...base,
    minutes: number('minutes', base.minutes, 1, 600),
    tasks: drill ? 1 : number('tasks', base.tasks, 1, 60),
    passPercent: number('pass', base.passPercent, 1, 100),
    seed: number('seed', crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000, 0, 2 ** 31),
    perCluster: number('perCluster', base.perCluster, 1, 16),
    ...(options['clusters'] === undefined ? {} : { clusters: number('clusters', 1, 1, 60) }),
    pauses: options['pauses'] === true,
    bareHost: options['bareHost'] === true,
  };
}
