/** `cka lab list`. */
import { formatTable } from '../../base/table.ts';
import { asTyped } from '../as-typed.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { type Listing, listings } from '../listing.ts';
import { listPacks, loadLabs, openProgress } from '../labs.ts';

export const labList: CliCommand = {
  name: 'lab list',
  summary: 'every lab, with what you have done in it',
  options: [
    { flags: '--search <words>', description: 'only labs with all of these words in name, title, competency or task' },
    { flags: '--domain <word>', description: 'only domains with this word' },
    { flags: '--difficulty <level>', description: 'only this level', choices: ['easy', 'medium', 'hard'] },
    { flags: '--state <state>', description: 'only labs that are', choices: ['new', 'running', 'tried', 'solved'] },
    { flags: '--cni <plugin>', description: 'only labs that run under this network plugin', choices: ['calico', 'flannel'] },
    JSON_OPTION,
  ],
  examples: ['cka lab list', 'cka lab list --search ingress', 'cka lab list --domain storage --state new', "cka lab list --json | jq -r '.[].id'"],
  async run(cli, _args, options) {
    const [labs, progress, { bestOf }, { filterLabs }] = await Promise.all([loadLabs(cli, listPacks), openProgress(cli), import('../../lab/progress.ts'), import('../../lab/filter.ts')]);
    const text = (name: string) => options[name] as string | undefined;
    const wanted = filterLabs(labs, { search: text('search'), domain: text('domain'), difficulty: text('difficulty'), cni: text('cni') });
    const rows = listings(wanted, await progress.all(), bestOf).filter((row) => isIn(row, text('state')));
    if (options['json']) {
      printJson(cli, rows.map(({ lab, ...rest }) => ({ id: lab.id, title: lab.title, domain: lab.domain, competency: lab.competency, difficulty: lab.difficulty, minutes: lab.minutes, needs: lab.needs, ...rest })));
      return EXIT.done;
    }
    if (rows.length === 0) {
      cli.out(asTyped('No lab is like that. `cka lab list` shows all of them.\n', cli.env));
      return EXIT.done;
    }
    const cells = rows.map(({ lab, state, best }) => [lab.id, lab.difficulty, `${lab.minutes} min`, state, best ? `${best.points}/${best.of}` : '', lab.title]);
    cli.out(`${formatTable([['LAB', 'LEVEL', 'TIME', 'STATE', 'BEST', 'TITLE'], ...cells])}\n`);
    return EXIT.done;
  },
};

/** A lab that is tried again is still solved. */
function isIn({ state, best }: Listing, wanted: string | undefined): boolean {
  return wanted === undefined || state === wanted || (wanted === 'solved' && best !== undefined && best.points === best.of);
}
