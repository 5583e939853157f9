/** `cka drill`: one lab against the clock, from its start, with the target time and your own best time before your eyes. */
import { UserError } from '../base/user-error.ts';
import type { Lab } from '../lab/lab.ts';
import type { Attempt } from '../lab/progress.ts';
import { asTyped } from './as-typed.ts';
import { type Cli, type CliCommand, EXIT, JSON_OPTION, printJson, SPEC_OPTIONS } from './command.ts';
import { chosenLab, listPacks, loadLabs, openProgress, startSession } from './labs.ts';
import { duration } from './print/duration.ts';

export const drill: CliCommand = {
  name: 'drill',
  summary: 'a lab against its target time and your own best',
  arguments: [{ name: '[lab]', description: 'id of the lab, or a part of it (default: the one where you lose most time)', completes: 'lab' }],
  options: [...SPEC_OPTIONS, JSON_OPTION],
  examples: ['cka drill', 'cka drill service-patch'],
  async run(cli, [typed], options) {
    const [{ recordOf }, progress] = await Promise.all([import('../lab/pace.ts'), openProgress(cli)]);
    const attempts = await progress.all();
    const lab = typed === undefined ? await slowest(cli, attempts) : await chosenLab(cli, typed);
    const session = await startSession(cli, lab, options, options['json'] ? undefined : (step) => cli.err(`${step} …\n`));
    // A drill begins at the beginning, whatever was done before.
    if (session.resumed) await session.reset();
    const recordMs = recordOf(lab, attempts);
    if (options['json']) {
      printJson(cli, { lab: lab.id, cluster: session.cluster.info.name, targetMs: lab.minutes * 60_000, recordMs: recordMs ?? null, startedAt: new Date(session.startedAtMs).toISOString() });
      return EXIT.done;
    }
    const name = lab.id.split('/')[1]!;
    cli.out(`${lab.title}\n\n${session.lab.task}\n\nThe clock runs. Target: ${duration(lab.minutes * 60_000)}.${recordMs === undefined ? '' : ` Your best: ${duration(recordMs)}.`} A hint or the solution, and it is no record.\n`);
    cli.out(asTyped(`\nWork on it:  cka lab shell ${name}\nStop the clock:  cka lab check ${name}\n`, cli.env));
    return EXIT.done;
  },
};

/** Of what was solved, the lab that took longest against its target. @throws UserError when nothing was solved yet */
async function slowest(cli: Cli, attempts: readonly Attempt[]): Promise<Lab> {
  const [labs, { recordOf }] = await Promise.all([loadLabs(cli, listPacks), import('../lab/pace.ts')]);
  const timed = labs.flatMap((lab) => {
    const recordMs = recordOf(lab, attempts);
    return recordMs === undefined ? [] : [{ lab, share: recordMs / (lab.minutes * 60_000) }];
  });
  const chosen = timed.toSorted((a, b) => b.share - a.share)[0];
  if (!chosen) throw new UserError('Nothing has been solved without help yet, so there is no time to beat.', 'Name a lab: cka drill service-patch. Or begin with `cka next`.', 2);
  return chosenLab(cli, chosen.lab.id);
}
