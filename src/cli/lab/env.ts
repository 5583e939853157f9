/** `cka lab env`: what a shell must export to work on a running lab. */
import { CLUSTER_OPTIONS, type CliCommand, EXIT, JSON_OPTION, LAB_ARGUMENT, printJson } from '../command.ts';
import { chosenLab, findSession } from '../labs.ts';

export const labEnv: CliCommand = {
  name: 'lab env',
  summary: 'what a shell must export to work on a running lab',
  arguments: [LAB_ARGUMENT],
  options: [...CLUSTER_OPTIONS, { flags: '--shell <shell>', description: 'whose syntax', choices: ['posix', 'fish'], default: 'posix' }, JSON_OPTION],
  examples: ['eval "$(cka lab env cross-node-pods)"', 'cka lab env cross-node-pods --shell fish | source'],
  async run(cli, [typed], options) {
    const session = await findSession(cli, await chosenLab(cli, typed), options);
    const { posix, fish, environment } = session.shell();
    if (options['json']) printJson(cli, environment);
    else cli.out(`${options['shell'] === 'fish' ? fish : posix}\n`);
    return EXIT.done;
  },
};
