/** `cka lab hint`: the next hint, counted. */
import { asTyped } from '../as-typed.ts';
import { CLUSTER_OPTIONS, type CliCommand, EXIT, JSON_OPTION, LAB_ARGUMENT, printJson } from '../command.ts';
import { chosenLab, findSession } from '../labs.ts';

export const labHint: CliCommand = {
  name: 'lab hint',
  summary: 'the next hint of a running lab; hints are counted',
  arguments: [LAB_ARGUMENT],
  options: [...CLUSTER_OPTIONS, { flags: '--again', description: 'the hints already given, without a new one' }, JSON_OPTION],
  examples: ['cka lab hint', 'cka lab hint --again'],
  async run(cli, [typed], options) {
    const session = await findSession(cli, await chosenLab(cli, typed), options);
    const hint = options['again'] ? undefined : session.takeHint();
    await session.settled();
    const now = options['again'] ? [] : await session.observations();
    const taken = session.lab.hints.slice(0, session.hintsTaken);
    const of = session.lab.hints.length;
    if (options['json']) printJson(cli, { hint: hint ?? null, taken: taken.length, of, hints: taken, now });
    else if (options['again']) cli.out(taken.length === 0 ? 'No hint was given yet.\n' : `${taken.join('\n\n')}\n`);
    else cli.out(asTyped(hint === undefined ? `All ${of} hints have been given. \`cka lab hint --again\` repeats them.\n` : `Hint ${taken.length} of ${of}\n\n${hint}\n`, cli.env));
    if (!options['json'] && now.length > 0) cli.out(`\nAs it is now: ${now.join(' ')}\n`);
    return EXIT.done;
  },
};
