/** Looks at a file on a node or in a pod: its content, or only that it is there. */
import { type Checker, Params, type Pattern } from '../src/lab/checker.ts';
import { fill } from './path.ts';
import { type Place, parsePlace, stand, titleOf } from './place.ts';

interface FileParams {
  readonly on: Place;
  readonly path: string;
  readonly equals: string | undefined;
  readonly contains: string | undefined;
  readonly matches: Pattern | undefined;
  readonly absent: boolean;
  readonly nudge: string | undefined;
}

export const file: Checker<FileParams> = {
  name: 'file',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      on: parsePlace(params, 'on'), path: params.text('path'), equals: params.optionalText('equals'), contains: params.optionalText('contains'), matches: params.optionalPattern('matches', 'mu'),
      absent: params.optionalFlag('absent') ?? false, nudge: params.optionalText('nudge'),
    };
    params.done();
    if (!parsed.path.startsWith('/')) throw new Error('`with.path` must begin with /');
    return parsed;
  },

  title: ({ on, path, absent }) => `${path} on ${titleOf(on)}${absent ? ' is gone' : ''}`,

  async run(params, cluster) {
    const { on, path, equals, contains, matches, absent, nudge } = params;
    const fail = (expected: string, saw: string) => ({ status: 'fail', expected, saw, ...(nudge === undefined ? {} : { nudge }) }) as const;
    const standing = await stand(on, cluster);
    if ('problem' in standing) return fail(file.title(params), standing.problem);
    const { stdout, exitCode, stderr } = await cluster.exec(standing.where, ['cat', path]);
    if (exitCode !== 0) {
      const missing = /No such file/.test(stderr);
      return absent && missing ? { status: 'pass', saw: `${path} does not exist` } : fail(file.title(params), stderr.trim() || `cat ended with ${exitCode}`);
    }
    if (absent) return fail(file.title(params), `${path} exists`);
    const text = stdout.trim();
    const saw = text === '' ? `${path} is empty` : `it says "${text.slice(0, 160)}"`;
    const wanted = equals === undefined ? undefined : await fill(equals, 'node' in on ? undefined : on.namespace, cluster);
    if (wanted && 'missing' in wanted) return fail(`${path} to say ${equals}`, wanted.missing);
    if (wanted && text !== wanted.text.trim()) return fail(`${path} to say "${wanted.text.trim()}"`, saw);
    if (contains !== undefined && !stdout.includes(contains)) return fail(`"${contains}" in ${path}`, saw);
    if (matches?.expression.test(stdout) === false) return fail(`something matching ${matches.text} in ${path}`, saw);
    return { status: 'pass', saw };
  },
};
