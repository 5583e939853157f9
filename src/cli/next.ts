/** `cka next`: what to practise next, by weakness and time since. */
import { formatTable } from '../base/table.ts';
import { asTyped } from './as-typed.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from './command.ts';
import { listPacks, loadLabs, openProgress } from './labs.ts';
import { wholeNumber } from './values.ts';

export const next: CliCommand = {
  name: 'next',
  summary: 'what to practise next: what is due, weak or new',
  options: [{ flags: '--count <number>', description: 'how many', default: '3' }, { flags: '--domain <word>', description: 'only domains with this word' }, JSON_OPTION],
  examples: ['cka next', 'cka next --domain troubleshooting'],
  async run(cli, _args, options) {
    const [labs, progress, { suggest }] = await Promise.all([loadLabs(cli, listPacks), openProgress(cli), import('../lab/next.ts')]);
    const [attempts, { streakDays }] = await Promise.all([progress.all(), import('../lab/pace.ts')]);
    const days = streakDays(attempts, Date.now());
    const word = String(options['domain'] ?? '').toLowerCase();
    const wanted = labs.filter(({ domain }) => domain.toLowerCase().includes(word));
    const count = wholeNumber('--count', String(options['count']), { from: 1 });
    const chosen = suggest(wanted, attempts, Date.now()).slice(0, count);
    if (options['json']) printJson(cli, chosen.map(({ lab, because }) => ({ id: lab.id, title: lab.title, difficulty: lab.difficulty, minutes: lab.minutes, because })));
    else if (chosen.length === 0) cli.out(asTyped('No lab is in a domain with that word. `cka lab list` shows all of them.\n', cli.env));
    else cli.out(`${formatTable([['LAB', 'LEVEL', 'TIME', 'WHY'], ...chosen.map(({ lab, because }) => [lab.id, lab.difficulty, `${lab.minutes} min`, because])])}\n${days > 1 ? `\nPractised on ${days} days in a row.\n` : ''}`);
    return EXIT.done;
  },
};
