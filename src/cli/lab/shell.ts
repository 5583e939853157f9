/** `cka lab shell`: the learner's own shell on a lab, in this terminal. Starts the lab when it does not run. */
import { CLUSTER_OPTIONS, type CliCommand, LAB_ARGUMENT } from '../command.ts';
import { chosenLab, startSession } from '../labs.ts';
import { runHere } from '../run-here.ts';

export const labShell: CliCommand = {
  name: 'lab shell',
  summary: 'your own shell, set up for a lab and nothing else',
  arguments: [LAB_ARGUMENT],
  options: CLUSTER_OPTIONS,
  examples: ['cka lab shell cross-node-pods'],
  async run(cli, [typed], options) {
    const lab = await chosenLab(cli, typed);
    const session = await startSession(cli, lab, options, (step) => cli.err(`${step} …\n`));
    if (cli.isTerminal) cli.err(`${lab.title}. Leave with \`exit\`; grade with \`cka lab check\`.\n`);
    return runHere(session.shell());
  },
};
