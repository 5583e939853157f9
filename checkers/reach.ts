/**
 * Does a connection get through, or is it held back? A refusal proves nothing of a NetworkPolicy, so "held back" is
 * believed only after proof that the target listens (asked from its own node, which policies never stop), and only
 * when the packets vanish: a timeout, not an error. See kubernetes.io/docs/concepts/services-networking/network-policies.
 */
import { type Checker, type ClusterView, type Finding, type KubernetesObject, Params } from '../src/lab/checker.ts';
import { conditionOf, nameOf, textAt } from './path.ts';
import { firstThatExists, type Place, parsePlace, stand, titleOf } from './place.ts';

interface ReachParams {
  readonly from: Place;
  readonly to: { readonly namespace: string; readonly pod: string | undefined; readonly selector: string | undefined };
  readonly port: number;
  readonly allowed: boolean;
  readonly nudge: string | undefined;
}

type Outcome = { readonly how: 'connected' | 'silence' | 'refused'; readonly saw: string };

/** How long a connection that should come about may take. */
const PATIENCE_SECONDS = 3;
/** How long nothing must be heard: a lost packet is sent again after one second, and lost again. */
const SILENCE_SECONDS = 2;

export const reach: Checker<ReachParams> = {
  name: 'reach',

  parse(value) {
    const params = new Params(value);
    const from = parsePlace(params, 'from');
    const target = params.mapping('to');
    if (!target) throw new Error('`with.to` is missing: say which pod, by name or by selector');
    const to = { namespace: target.text('namespace'), pod: target.optionalText('pod'), selector: target.optionalText('selector') };
    target.done();
    if ((to.pod === undefined) === (to.selector === undefined)) throw new Error('`with.to` needs either pod or selector');
    const parsed = { from, to, port: params.optionalNumber('port') ?? 80, allowed: params.optionalFlag('allowed') ?? true, nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ from, to, port, allowed }) => `${titleOf(from)} ${allowed ? 'reaches' : 'does not reach'} ${to.pod ?? to.selector} on port ${port}`,

  async run(params, cluster): Promise<Finding> {
    const { from, to, port, allowed, nudge } = params;
    const fail = (saw: string): Finding => ({ status: 'fail', expected: reach.title(params), saw, ...(nudge === undefined ? {} : { nudge }) });
    const standing = await stand(from, cluster);
    if ('problem' in standing) return fail(standing.problem);
    const target = await targetOf(to, cluster);
    if (typeof target === 'string') return fail(target);
    const address = textAt(target, 'status.podIP')!;
    const proof = await connect({ node: textAt(target, 'spec.nodeName')! }, { address, port, seconds: PATIENCE_SECONDS }, cluster);
    if (!proof) return { status: 'unknown', because: 'the node of the target has nothing to connect with' };
    if (proof.how !== 'connected') return fail(`nobody listens on ${address}:${port}, whoever asks: ${proof.saw}`);

    const tried = await connect(standing.where, { address, port, seconds: allowed ? PATIENCE_SECONDS : SILENCE_SECONDS }, cluster);
    if (!tried) return { status: 'unknown', because: `${standing.title} has none of curl, wget and nc to connect with` };
    if (allowed) return tried.how === 'connected' ? { status: 'pass', saw: `${standing.title} reaches ${address}:${port}` } : fail(`${standing.title} does not reach ${target.metadata.name} (${address}:${port}): ${tried.saw}`);
    if (tried.how === 'silence') return { status: 'pass', saw: `${standing.title} gets no answer from ${address}:${port}` };
    return fail(tried.how === 'connected' ? `${standing.title} reaches ${target.metadata.name} (${address}:${port})` : `${standing.title} is refused at once, which is not how a policy holds back: ${tried.saw}`);
  },
};

async function targetOf({ namespace, pod, selector }: ReachParams['to'], cluster: ClusterView): Promise<KubernetesObject | string> {
  const found = pod === undefined ? await cluster.list('pods', namespace, selector) : [await cluster.get('pods', pod, namespace)].filter((one) => one !== undefined);
  const title = pod === undefined ? `a pod labelled ${selector} in namespace "${namespace}"` : nameOf('pods', pod, namespace);
  if (found.length === 0) return `${title} does not exist`;
  return found.find((one) => conditionOf(one, 'Ready')?.status === 'True') ?? `${title} is not Ready`;
}

async function connect(where: Parameters<ClusterView['exec']>[0], { address, port, seconds }: { readonly address: string; readonly port: number; readonly seconds: number }, cluster: ClusterView): Promise<Outcome | undefined> {
  const patience = String(seconds);
  const answer = await firstThatExists(where, [
    ['curl', '-sS', '-o', '/dev/null', '-m', patience, `http://${address}:${port}/`],
    ['wget', '-q', '-O', '/dev/null', '-T', patience, `http://${address}:${port}/`],
    ['nc', '-z', '-v', '-w', patience, address, String(port)],
  ], cluster);
  if (!answer) return undefined;
  const saw = answer.stderr.trim().split('\n').at(-1) || `${answer.command[0]} ended with ${answer.exitCode}`;
  if (answer.exitCode === 0) return { how: 'connected', saw };
  if (/timed out|timeout/i.test(answer.stderr)) return { how: 'silence', saw };
  // Who answers in another language than HTTP has answered.
  if (/HTTP\/|Empty reply|Received HTTP|error getting response|bad header|Connection reset/i.test(answer.stderr)) return { how: 'connected', saw };
  return { how: 'refused', saw };
}
