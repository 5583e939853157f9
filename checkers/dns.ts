/** Resolves a name from inside a pod, through the pod's own resolver, with whichever tool exists there. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { fill } from './path.ts';
import { firstThatExists, type Place, parsePlace, stand, titleOf } from './place.ts';

interface DnsParams {
  readonly from: Place;
  readonly query: string;
  /** The address it must resolve to; may be a reference (`{services/web:spec.clusterIP}`). Any address when absent. */
  readonly to: string | undefined;
  readonly nudge: string | undefined;
}

export const dns: Checker<DnsParams> = {
  name: 'dns',

  parse(value) {
    const params = new Params(value);
    const parsed = { from: parsePlace(params, 'from'), query: params.text('name'), to: params.optionalText('to'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ from, query }) => `${titleOf(from)} resolves ${query}`,

  async run({ from, query, to, nudge }, cluster) {
    const hint = nudge === undefined ? {} : { nudge };
    const namespace = 'node' in from ? undefined : from.namespace;
    const fail = (saw: string, wanted = 'an address') => ({ status: 'fail', expected: `${query} resolves to ${wanted}`, saw, ...hint }) as const;
    const standing = await stand(from, cluster);
    if ('problem' in standing) return fail(standing.problem);
    const name = await fill(query, namespace, cluster);
    if ('missing' in name) return fail(name.missing);
    const wanted = to === undefined ? undefined : await fill(to, namespace, cluster);
    if (wanted && 'missing' in wanted) return fail(wanted.missing, to);

    const answer = await firstThatExists(standing.where, [['getent', 'ahostsv4', name.text], ['nslookup', name.text], ['dig', '+search', '+short', name.text]], cluster);
    if (!answer) return { status: 'unknown', because: `${standing.title} has none of getent, nslookup and dig to ask with` };
    const found = addresses(answer.command[0]!, answer.stdout);
    if (found.length === 0) return fail(`${name.text} does not resolve in ${standing.title}`, wanted?.text);
    if (wanted && !found.includes(wanted.text)) return fail(`${name.text} resolves to ${found.join(', ')}`, wanted.text);
    return { status: 'pass', saw: `${name.text} resolves to ${found.join(', ')}` };
  },
};

function addresses(tool: string, stdout: string): readonly string[] {
  // nslookup names its server first; the answer follows the line `Name:`.
  const text = tool === 'nslookup' ? stdout.slice(stdout.search(/^Name:/m) >>> 0) : stdout;
  return [...new Set(text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [])];
}
