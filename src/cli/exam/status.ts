/** `cka exam status` and `cka exam list`: how the exam stands, and those of the past. */
import { formatTable } from '../../base/table.ts';
import type { ExamState } from '../../lab/exam/state.ts';
import { asTyped } from '../as-typed.ts';
import { type Cli, type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { duration } from '../print/duration.ts';
import { chosenExam, EXAM_ARGUMENT, pastExamsOf } from './exams.ts';

export const examStatus: CliCommand = {
  name: 'exam status',
  summary: 'time left, tasks, flags and hosts of an exam',
  arguments: [EXAM_ARGUMENT],
  options: [JSON_OPTION],
  examples: ['cka exam status', "cka exam status --json | jq '.remainingMs / 60000'"],
  async run(cli, [typed], options) {
    showStatus(cli, (await chosenExam(cli, typed)).state(), options['json'] === true);
    return EXIT.done;
  },
};

export function showStatus(cli: Cli, state: ExamState, json: boolean): void {
  const { plan } = state;
  if (json) {
    printJson(cli, {
      exam: plan.id, title: plan.settings.title, mode: plan.settings.mode, status: state.status, seed: plan.settings.seed, startedAt: new Date(state.startedAt).toISOString(),
      minutes: plan.settings.minutes, passPercent: plan.settings.passPercent, remainingMs: state.remainingMs, usedMs: state.usedMs, pausedMs: state.pausedMs,
      tasks: state.tasks.map(({ task, flagged, note, spentMs, visits, environment }) => ({ ...task, flagged, note, spentMs, visits, environment: typeof environment === 'string' ? environment : 'failed', ...(typeof environment === 'string' ? {} : { because: environment.failed }) })),
      remarks: plan.remarks,
    });
    return;
  }
  const rows = state.tasks.map(({ task, flagged, spentMs, environment }) => [task.id, `${task.weight} %`, flagged ? 'flag' : '', typeof environment === 'string' ? environment : 'failed', spentMs > 0 ? duration(spentMs) : '', task.host, task.title]);
  cli.out(`${plan.settings.title} ${plan.id}: ${headline(state)}\n\n${formatTable([['TASK', 'WEIGHT', '', 'HOST IS', 'SPENT', 'HOST', 'TITLE'], ...rows])}\n`);
  if (plan.remarks.length > 0) cli.out(`\n${plan.remarks.join('\n')}\n`);
  if (state.status === 'running' || state.status === 'paused') cli.out(asTyped('\nRead a task:  cka exam task 1\nWork on it:   cka exam shell 1\nEnd it:       cka exam finish\n', cli.env));
}

function headline({ status, remainingMs, plan }: ExamState): string {
  switch (status) {
    case 'running': return `${duration(remainingMs)} left of ${plan.settings.minutes} min`;
    case 'paused': return `PAUSED with ${duration(remainingMs)} left; \`cka exam continue\` goes on`;
    case 'over': return 'the time is over; `cka exam finish` grades it';
    case 'finished': return 'ended, not graded yet; `cka exam finish` grades it';
    case 'graded': return 'graded; `cka exam report` shows the report';
  }
}

export const examList: CliCommand = {
  name: 'exam list',
  summary: 'exams and drills that you took, and whether it gets better',
  options: [JSON_OPTION],
  examples: ['cka exam list', 'cka exam list --json'],
  async run(cli, _args, options) {
    const [exams, { trends }, { moment }] = await Promise.all([pastExamsOf(cli), import('../../lab/exam/history.ts'), import('../../lab/exam/words.ts')]);
    if (options['json']) {
      printJson(cli, { exams, trends: trends(exams) });
      return EXIT.done;
    }
    if (exams.length === 0) cli.out(asTyped('You have not taken an exam yet. `cka exam start` begins one.\n', cli.env));
    else {
      const rows = exams.map(({ id, title, status, startedAt, tasks, percent, passed, remainingMs }) => [id, title, moment(startedAt), String(tasks), status === 'graded' ? (percent === undefined ? 'not judged' : `${percent} % ${passed ? 'passed' : 'not passed'}`) : status === 'running' ? `${duration(remainingMs)} left` : status]);
      cli.out(`${formatTable([['EXAM', '', 'BEGAN', 'TASKS', 'RESULT'], ...rows])}\n`);
      const rising = trends(exams).filter(({ change }) => change !== undefined);
      if (rising.length > 0) cli.out(`\n${formatTable(rising.map(({ domain, percents, change }) => [domain, percents.slice(-6).map((percent) => `${Math.round(percent)}`).join(' '), `${change! > 0 ? '+' : ''}${change} %`]))}\n`);
    }
    return EXIT.done;
  },
};
