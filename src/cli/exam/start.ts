/** `cka exam start`: draw an exam and begin. With a terminal on the exam's screen; without one, or with --json, the environments come up and the tasks are printed. */
import type { Lab } from '../../lab/lab.ts';
import { type Cli, type CliCommand, EXIT, JSON_OPTION, SPEC_OPTIONS } from '../command.ts';
import { askHere, chosenLab, loadLabs } from '../labs.ts';
import { settingsOf, startExam } from './exams.ts';
import { showStatus } from './status.ts';

export const examStart: CliCommand = {
  name: 'exam start',
  summary: 'draw a mock exam and start its clock',
  options: [
    { flags: '--tasks <number>', description: 'how many tasks (default: 16, or as many as there are labs)' },
    { flags: '--minutes <number>', description: 'how long (default: 120)' },
    { flags: '--pass <percent>', description: 'needed to pass (default: 66)' },
    { flags: '--seed <number>', description: 'the same labs and the same seed give the same exam' },
    { flags: '--drill <lab>', description: 'one lab against its target time instead of an exam' },
    { flags: '--labs <ids>', description: 'draw from these labs only: ids or their last parts, with commas' },
    { flags: '--pauses', description: 'the clock may be stopped (never in the real exam)' },
    { flags: '--bare-host', description: 'begin on a host without kubectl and ssh to every task, as in the real exam' },
    { flags: '--per-cluster <number>', description: 'how many tasks may share a cluster (default: 4)' },
    { flags: '--clusters <number>', description: 'the most clusters it may need: tasks are chosen to fit (default: as many as they ask for; 2 on kind)' },
    ...SPEC_OPTIONS.filter(({ flags }) => /^--(backend|context|confirm|allow-cluster-wide)\b/.test(flags)),
    { flags: '--no-screen', description: 'only bring it up: work with `cka exam shell` in terminals of your own' },
    JSON_OPTION,
  ],
  examples: ['cka exam start', 'cka exam start --tasks 8 --minutes 60 --pauses', 'cka exam start --drill service-patch', 'cka exam start --seed 7 --json'],
  async run(cli, _args, options) {
    const drill = typeof options['drill'] === 'string' ? await chosenLab(cli, options['drill']) : undefined;
    const only = typeof options['labs'] === 'string' ? await labsNamed(cli, options['labs'].split(',')) : undefined;
    const isAsked = cli.isTerminal && !options['json'];
    const exam = await startExam(cli, await settingsOf(options, drill), drill ? [drill] : only, { options, ...(isAsked ? { ask: askHere } : {}) });
    if (isAsked && options['screen'] !== false) return (await import('../screens.ts')).screens(cli, { exam: exam.plan.id });
    await exam.prepareAll(options['json'] ? undefined : (step) => cli.err(`${step} …\n`));
    await exam.settled();
    showStatus(cli, exam.state(), options['json'] === true);
    return exam.state().tasks.some(({ environment }) => environment !== 'ready') ? EXIT.broken : EXIT.done;
  },
};

/** @throws UserError when one of them is no lab */
async function labsNamed(cli: Cli, names: readonly string[]): Promise<readonly Lab[]> {
  const [{ findLab }, all] = await Promise.all([import('../../lab/find.ts'), loadLabs(cli)]);
  return names.map((name) => findLab(all, name.trim()));
}

export const examResume: CliCommand = {
  name: 'exam resume',
  summary: 'go on with the exam that runs; its clock never stopped',
  arguments: [{ name: '[exam]', description: 'id of the exam (default: the one that runs)' }],
  options: [JSON_OPTION],
  examples: ['cka exam resume'],
  async run(cli, [typed], options) {
    const { chosenExam, runningExam } = await import('./exams.ts');
    // An exam whose time ran out meanwhile is graded on its screen.
    const exam = cli.isTerminal && !options['json'] ? await chosenExam(cli, typed) : await runningExam(cli, typed);
    if (cli.isTerminal && !options['json']) return (await import('../screens.ts')).screens(cli, { exam: exam.plan.id });
    await exam.prepareAll();
    await exam.settled();
    showStatus(cli, exam.state(), options['json'] === true);
    return EXIT.done;
  },
};
