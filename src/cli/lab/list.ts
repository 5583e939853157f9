/** `cka lab list`. */
import { formatTable } from '../../base/table.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { listings } from '../listing.ts';
import { listPacks, loadLabs, openProgress } from '../labs.ts';

export const labList: CliCommand = {
  name: 'lab list',
  summary: 'every lab, with what you have done in it',
  options: [JSON_OPTION],
  examples: ['cka lab list', "cka lab list --json | jq -r '.[].id'"],
  async run(cli, _args, options) {
    const [labs, progress, { bestOf }] = await Promise.all([loadLabs(cli, listPacks), openProgress(cli), import('../../lab/progress.ts')]);
    const rows = listings(labs, await progress.all(), bestOf);
    if (options['json']) {
      printJson(cli, rows.map(({ lab, ...rest }) => ({ id: lab.id, title: lab.title, domain: lab.domain, competency: lab.competency, difficulty: lab.difficulty, minutes: lab.minutes, needs: lab.needs, ...rest })));
      return EXIT.done;
    }
    const cells = rows.map(({ lab, state, best }) => [lab.id, lab.difficulty, `${lab.minutes} min`, state, best ? `${best.points}/${best.of}` : '', lab.title]);
    cli.out(`${formatTable([['LAB', 'LEVEL', 'TIME', 'STATE', 'BEST', 'TITLE'], ...cells])}\n`);
    return EXIT.done;
  },
};
