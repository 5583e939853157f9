/** Which way a node sends packets, by effect: what `ip route get` answers, whatever the table looks like. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { fill } from './path.ts';
import { stand } from './place.ts';

interface RouteParams {
  readonly node: string;
  /** An address; may be a reference (`{pods/shop/web:status.podIP}`). */
  readonly to: string;
  readonly via: string | undefined;
  readonly device: string | undefined;
  readonly nudge: string | undefined;
}

export const route: Checker<RouteParams> = {
  name: 'route',

  parse(value) {
    const params = new Params(value);
    const parsed = { node: params.text('node'), to: params.text('to'), via: params.optionalText('via'), device: params.optionalText('device'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ node, to, via, device }) => `node ${node} has a way to ${to}${via === undefined ? '' : ` by ${via}`}${device === undefined ? '' : ` through ${device}`}`,

  async run(params, cluster) {
    const fail = (saw: string) => ({ status: 'fail', expected: route.title(params), saw, ...(params.nudge === undefined ? {} : { nudge: params.nudge }) }) as const;
    const standing = await stand({ node: params.node }, cluster);
    if ('problem' in standing) return fail(standing.problem);
    const to = await fill(params.to, undefined, cluster);
    if ('missing' in to) return fail(to.missing);
    const via = params.via === undefined ? undefined : await fill(params.via, undefined, cluster);
    if (via && 'missing' in via) return fail(via.missing);
    const { stdout, stderr, exitCode } = await cluster.exec(standing.where, ['ip', 'route', 'get', to.text]);
    const line = (exitCode === 0 ? stdout : stderr).trim().split('\n')[0] ?? '';
    const words = line.split(/\s+/);
    const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
    const right = exitCode === 0 && (!via || after('via') === via.text) && (params.device === undefined || after('dev') === params.device);
    return right ? { status: 'pass', saw: line } : fail(line);
  },
};
