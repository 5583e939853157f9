/** Taking an exam without its screen: read a task, open its shell, flag it, stop the clock where that is allowed. */
import { UserError } from '../../base/user-error.ts';
import type { Exam } from '../../lab/exam/exam.ts';
import type { ExamTask } from '../../lab/exam/plan.ts';
import { asTyped } from '../as-typed.ts';
import { type Cli, type CliArgument, type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { runHere } from '../run-here.ts';
import { chosenExam, runningExam } from './exams.ts';
import { showStatus } from './status.ts';

const TASK_ARGUMENT: CliArgument = { name: '[task]', description: 'number of the task, or its host (default: the one whose host you are on, or that is open)' };

/** The task that was named; else the one whose host this is typed on; else the one that is open. */
const wantedTask = (cli: Cli, exam: Exam, typed: string | undefined): ExamTask => exam.task(typed ?? cli.env['CKA_TASK'] ?? exam.state().open ?? '1');

export const examTask: CliCommand = {
  name: 'exam task',
  summary: 'read a task of the exam that runs; its minutes begin to count',
  arguments: [TASK_ARGUMENT],
  options: [JSON_OPTION],
  examples: ['cka exam task 3', 'cka exam task --json'],
  async run(cli, [typed], options) {
    const exam = await runningExam(cli, undefined);
    const task = wantedTask(cli, exam, typed);
    await exam.open(task.id);
    const { task: text, documentation, namespaces } = exam.lab(task);
    if (options['json']) printJson(cli, { ...task, text, documentation, namespaces });
    else cli.out(`Task ${task.id} of ${exam.plan.tasks.length}, ${task.weight} %: ${task.title}\n\nssh ${task.host}\n\n${text}\n${documentation.length > 0 ? `\nDocumentation:\n${documentation.map((link) => `  ${link}`).join('\n')}\n` : ''}`);
    return EXIT.done;
  },
};

export const examShell: CliCommand = {
  name: 'exam shell',
  summary: 'your own shell on the host of a task',
  arguments: [TASK_ARGUMENT],
  options: [{ flags: '--base', description: 'the bare base host instead, from which every task is an ssh away' }],
  examples: ['cka exam shell 3', 'cka exam shell --base'],
  async run(cli, [typed], options) {
    const exam = await runningExam(cli, undefined);
    if (options['base']) return runHere(await exam.baseShell());
    const task = wantedTask(cli, exam, typed);
    await exam.open(task.id);
    await exam.prepared(task, (step) => cli.err(`${step} …\n`));
    return runHere(await exam.shell(task));
  },
};

export const examEnv: CliCommand = {
  name: 'exam env',
  summary: 'what a shell must export to work on a task',
  arguments: [TASK_ARGUMENT],
  options: [{ flags: '--shell <shell>', description: 'whose syntax', choices: ['posix', 'fish'], default: 'posix' }, JSON_OPTION],
  examples: ['eval "$(cka exam env 3)"'],
  async run(cli, [typed], options) {
    const exam = await runningExam(cli, undefined);
    const task = wantedTask(cli, exam, typed);
    // What is typed in such a shell is not noted; that somebody works on the task is.
    await exam.open(task.id);
    const { posix, fish, environment } = await exam.shell(task);
    if (options['json']) printJson(cli, environment);
    else cli.out(`${options['shell'] === 'fish' ? fish : posix}\n`);
    return EXIT.done;
  },
};

export const examFlag: CliCommand = {
  name: 'exam flag',
  summary: 'flag a task to come back to, or take the flag away',
  arguments: [TASK_ARGUMENT],
  options: [{ flags: '--off', description: 'take the flag away' }, { flags: '--note <text>', description: 'a note to yourself beside it' }, JSON_OPTION],
  examples: ['cka exam flag 3 --note "selector still wrong"', 'cka exam flag 3 --off'],
  async run(cli, [typed], options) {
    const exam = await runningExam(cli, undefined);
    const task = wantedTask(cli, exam, typed);
    await exam.flag(task.id, options['off'] !== true);
    if (typeof options['note'] === 'string') await exam.note(task.id, options['note']);
    await exam.kept();
    if (options['json']) showStatus(cli, exam.state(), true);
    else cli.out(`Task ${task.id} is ${options['off'] ? 'no longer flagged' : 'flagged'}.\n`);
    return EXIT.done;
  },
};

export const examPause: CliCommand = {
  name: 'exam pause',
  summary: 'stop the clock, in an exam that was started with --pauses',
  options: [JSON_OPTION],
  examples: ['cka exam pause'],
  async run(cli, _args, options) {
    const exam = await runningExam(cli, undefined);
    await exam.pause();
    await exam.kept();
    if (options['json']) showStatus(cli, exam.state(), true);
    else cli.out(asTyped('The clock stands still. `cka exam continue` goes on.\n', cli.env));
    return EXIT.done;
  },
};

export const examContinue: CliCommand = {
  name: 'exam continue',
  summary: 'let the clock of a paused exam go on',
  options: [JSON_OPTION],
  examples: ['cka exam continue'],
  async run(cli, _args, options) {
    const exam = await chosenExam(cli, undefined);
    if (exam.state().status !== 'paused') throw new UserError(`Exam ${exam.plan.id} is not paused.`, 'cka exam status', 2);
    await exam.goOn();
    await exam.kept();
    if (options['json']) showStatus(cli, exam.state(), true);
    else cli.out('The clock runs.\n');
    return EXIT.done;
  },
};
