/**
 * `cka lab show`, `solution` and `debrief`: the pages of a lab, with the names that were drawn for the attempt that runs.
 * Reading the solution of a running lab is noted.
 */
import type { Lab } from '../../lab/lab.ts';
import type { Attempt } from '../../lab/progress.ts';
import { type Cli, type CliCommand, EXIT, JSON_OPTION, LAB_ARGUMENT, printJson } from '../command.ts';
import { chosenLab, openProgress } from '../labs.ts';

export const labShow: CliCommand = {
  name: 'lab show',
  summary: 'the task of a lab',
  arguments: [LAB_ARGUMENT],
  options: [JSON_OPTION],
  examples: ['cka lab show cross-node-pods'],
  async run(cli, [typed], options) {
    const { lab } = await asItRuns(cli, typed);
    if (options['json']) {
      const { id, title, domain, competency, difficulty, minutes, needs, namespaces, documentation, task } = lab;
      printJson(cli, { id, title, domain, competency, difficulty, minutes, needs, namespaces, documentation, task, hints: lab.hints.length, criteria: lab.criteria.map((criterion) => ({ id: criterion.id, title: criterion.title, of: criterion.points })) });
      return EXIT.done;
    }
    const links = lab.documentation.length === 0 ? '' : `\nDocumentation:\n${lab.documentation.map((link) => `  ${link}`).join('\n')}\n`;
    cli.out(`${lab.title}\n${lab.domain} · ${lab.competency} · ${lab.difficulty} · ${lab.minutes} min\n\n${lab.task}\n${links}`);
    return EXIT.done;
  },
};

export const labSolution: CliCommand = {
  name: 'lab solution',
  summary: 'one way to solve a lab; noted with your result',
  arguments: [LAB_ARGUMENT],
  options: [JSON_OPTION],
  examples: ['cka lab solution'],
  async run(cli, [typed], options) {
    const { lab, running } = await asItRuns(cli, typed);
    if (running && !running.solutionRead) await (await openProgress(cli)).solutionRead(running.id);
    if (options['json']) printJson(cli, { lab: lab.id, solution: lab.solution });
    else cli.out(`${lab.solution}\n`);
    return EXIT.done;
  },
};

export const labDebrief: CliCommand = {
  name: 'lab debrief',
  summary: 'what was to be learnt from a lab',
  arguments: [LAB_ARGUMENT],
  options: [JSON_OPTION],
  examples: ['cka lab debrief cross-node-pods'],
  async run(cli, [typed], options) {
    const { lab } = await asItRuns(cli, typed);
    const reasons = lab.criteria.filter(({ why }) => why !== undefined);
    if (options['json']) printJson(cli, { lab: lab.id, debrief: lab.debrief, why: Object.fromEntries(reasons.map(({ id, why }) => [id, why])) });
    else cli.out(`${lab.debrief}\n${reasons.length === 0 ? '' : `\nWhy each criterion counts:\n${reasons.map(({ title, why }) => `- ${title}: ${why}`).join('\n')}\n`}`);
    return EXIT.done;
  },
};

/** The lab, drawn as in its attempt that runs, where one does. */
async function asItRuns(cli: Cli, typed: string | undefined): Promise<{ readonly lab: Lab; readonly running?: Attempt }> {
  const lab = await chosenLab(cli, typed);
  const running = (await (await openProgress(cli)).all()).findLast((attempt) => attempt.lab === lab.id && attempt.endedAt === undefined);
  if (!running) return { lab };
  return { lab: running.seed === undefined || running.seed === lab.seed ? lab : (lab.vary?.(running.seed) ?? lab), running };
}
