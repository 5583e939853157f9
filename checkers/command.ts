/** Runs a command that only looks, on a node or in a pod, and judges what it printed. Lab authors vouch that it only looks. */
import { type Checker, Params, type Pattern } from '../src/lab/checker.ts';
import { fill } from './path.ts';
import { type Place, parsePlace, stand, titleOf } from './place.ts';

interface CommandParams {
  readonly on: Place;
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly contains: string | undefined;
  readonly matches: Pattern | undefined;
  readonly equals: string | undefined;
  readonly nudge: string | undefined;
}

export const command: Checker<CommandParams> = {
  name: 'command',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      on: parsePlace(params, 'on'),
      command: params.texts('command'),
      exitCode: params.optionalNumber('exitCode') ?? 0,
      contains: params.optionalText('contains'),
      matches: params.optionalPattern('matches', 'mu'),
      equals: params.optionalText('equals'),
      nudge: params.optionalText('nudge'),
    };
    params.done();
    return parsed;
  },

  title: (params) => `${params.command.join(' ')} on ${titleOf(params.on)}`,

  async run(params, cluster) {
    const hint = params.nudge === undefined ? {} : { nudge: params.nudge };
    const fail = (expected: string, saw: string) => ({ status: 'fail', expected, saw, ...hint }) as const;
    const standing = await stand(params.on, cluster);
    if ('problem' in standing) return fail(command.title(params), standing.problem);
    const filled = await Promise.all(params.command.map((word) => fill(word, 'node' in params.on ? undefined : params.on.namespace, cluster)));
    const missing = filled.find((word) => 'missing' in word);
    if (missing) return fail(command.title(params), (missing as { readonly missing: string }).missing);
    const argv = filled.map((word) => (word as { readonly text: string }).text);
    const result = await cluster.exec(standing.where, argv);
    const words = argv.join(' ');
    if (result.exitCode !== params.exitCode) return fail(`\`${words}\` exits with ${params.exitCode}`, `exit code ${result.exitCode}: ${shorten(result.stderr || result.stdout)}`);
    const { stdout } = result;
    if (params.contains !== undefined && !stdout.includes(params.contains)) return fail(`"${params.contains}" in what \`${words}\` prints`, shorten(stdout));
    if (params.matches?.expression.test(stdout) === false) return fail(`\`${words}\` prints something matching ${params.matches.text}`, shorten(stdout));
    if (params.equals !== undefined && stdout.trim() !== params.equals.trim()) return fail(`\`${words}\` prints "${params.equals.trim()}"`, shorten(stdout));
    return { status: 'pass', saw: shorten(stdout) };
  },
};

function shorten(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return 'it printed nothing';
  return trimmed.length > 200 ? `${trimmed.slice(0, 200)} …` : trimmed;
}
