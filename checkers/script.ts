/**
 * A checker in any language: an executable of the lab's folder. Exit code 0 is right, 1 wrong, anything else "cannot
 * tell"; the first line of standard output is what it saw, standard error the nudge.
 */
import { type Checker, Params } from '../src/lab/checker.ts';

interface ScriptParams {
  readonly run: string;
  readonly args: readonly string[];
  readonly expected: string;
}

export const script: Checker<ScriptParams> = {
  name: 'script',

  parse(value) {
    const params = new Params(value);
    const parsed = { run: params.text('run'), args: params.optionalTexts('args') ?? [], expected: params.text('expected') };
    params.done();
    // There the learner is shown it before agreeing, whatever it is called.
    if (!parsed.run.startsWith('checks/') || parsed.run.split('/').includes('..')) throw new Error('`with.run` must lie in the checks folder of the lab, as checks/name.sh');
    return parsed;
  },

  title: ({ expected }) => expected,

  async run({ run, args, expected }, cluster) {
    if (!cluster.scripts) return { status: 'unknown', because: 'scripts of packs do not run here' };
    const { stdout, stderr, exitCode } = await cluster.scripts(run, args);
    const saw = stdout.trim().split('\n')[0] || `${run} said nothing`;
    if (exitCode === 0) return { status: 'pass', saw };
    const nudge = stderr.trim();
    if (exitCode === 1) return { status: 'fail', expected, saw, ...(nudge === '' ? {} : { nudge }) };
    return { status: 'unknown', because: `${run} ended with ${exitCode}: ${nudge || saw}` };
  },
};
