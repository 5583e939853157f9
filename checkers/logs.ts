/** Looks whether a container has printed something, in its logs as `kubectl logs` shows them. */
import { type Checker, Params, type Pattern } from '../src/lab/checker.ts';
import { nameOf } from './path.ts';

interface LogsParams {
  readonly namespace: string;
  readonly pod: string | undefined;
  readonly selector: string | undefined;
  readonly container: string | undefined;
  readonly previous: boolean;
  readonly contains: string | undefined;
  readonly matches: Pattern | undefined;
  readonly nudge: string | undefined;
}

export const logs: Checker<LogsParams> = {
  name: 'logs',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      namespace: params.text('namespace'), pod: params.optionalText('pod'), selector: params.optionalText('selector'), container: params.optionalText('container'),
      previous: params.optionalFlag('previous') ?? false, contains: params.optionalText('contains'), matches: params.optionalPattern('matches', 'mu'), nudge: params.optionalText('nudge'),
    };
    params.done();
    if ((parsed.pod === undefined) === (parsed.selector === undefined)) throw new Error('give either `with.pod` or `with.selector`');
    if ((parsed.contains === undefined) === (parsed.matches === undefined)) throw new Error('give either `with.contains` or `with.matches`');
    return parsed;
  },

  title: ({ pod, selector, contains, matches }) => `"${contains ?? matches?.text}" in the logs of ${pod ?? `a pod labelled ${selector}`}`,

  async run(params, cluster) {
    const { namespace, pod, selector, container, previous, contains, matches, nudge } = params;
    const fail = (saw: string) => ({ status: 'fail', expected: logs.title(params), saw, ...(nudge === undefined ? {} : { nudge }) }) as const;
    const names = pod === undefined ? (await cluster.list('pods', namespace, selector)).map(({ metadata }) => metadata.name) : [pod];
    if (names.length === 0) return fail(`there is no pod labelled ${selector} in namespace "${namespace}"`);
    let last: string | undefined;
    for (const name of names) {
      const text = await cluster.logs(name, namespace, { previous, ...(container === undefined ? {} : { container }) });
      if (text === undefined) continue;
      if (contains === undefined ? matches!.expression.test(text) : text.includes(contains)) return { status: 'pass', saw: `${name} printed it` };
      last = text;
    }
    if (last === undefined) return fail(`${nameOf('pods', names[0]!, namespace)} does not exist, or has no logs yet`);
    return fail(last.trim() === '' ? 'nothing was printed' : `the last line is "${last.trim().split('\n').at(-1)!.slice(0, 160)}"`);
  },
};
