/** `cka lab check`: exit code 0 for full marks, 1 when a criterion fails, 3 when something cannot be judged. */
import { CLUSTER_OPTIONS, type CliCommand, EXIT, JSON_OPTION, LAB_ARGUMENT, printJson } from '../command.ts';
import { chosenLab, findSession, openProgress } from '../labs.ts';

const EXIT_OF = { full: EXIT.done, failed: EXIT.failed, unknown: EXIT.broken } as const;

export const labCheck: CliCommand = {
  name: 'lab check',
  summary: 'grade a running lab; exits 0 for full marks, 1 otherwise',
  arguments: [LAB_ARGUMENT],
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['cka lab check', 'cka lab check cross-node-pods --json'],
  async run(cli, [typed], options) {
    const session = await findSession(cli, await chosenLab(cli, typed), options);
    const [report, { outcomeOf }, { paceOf }, { paceText, reportJson, reportText }] = await Promise.all([session.check(), import('../../lab/check.ts'), import('../../lab/pace.ts'), import('../print/report.ts')]);
    await session.settled();
    const pace = paceOf(session.lab, session.attempt, await (await openProgress(cli)).all());
    if (options['json']) printJson(cli, reportJson(report));
    else cli.out(`${reportText(report)}${pace && outcomeOf(report) === 'full' ? `${paceText(pace)}\n` : ''}`);
    return EXIT_OF[outcomeOf(report)];
  },
};
