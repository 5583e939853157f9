/** Looks where pods run: all on one of these nodes, none on those, or spread over at least so many. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { conditionOf, textAt } from './path.ts';

interface PlacedParams {
  readonly namespace: string;
  readonly selector: string;
  readonly on: readonly string[] | undefined;
  readonly notOn: readonly string[] | undefined;
  readonly nodes: number | undefined;
  readonly count: number;
  readonly nudge: string | undefined;
}

export const placed: Checker<PlacedParams> = {
  name: 'placed',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      namespace: params.text('namespace'), selector: params.text('selector'), on: params.optionalTexts('on'), notOn: params.optionalTexts('notOn'),
      nodes: params.optionalNumber('nodes'), count: params.optionalNumber('count') ?? 1, nudge: params.optionalText('nudge'),
    };
    params.done();
    if (parsed.on === undefined && parsed.notOn === undefined && parsed.nodes === undefined) throw new Error('say where: at least one of `with.on`, `with.notOn` and `with.nodes`');
    return parsed;
  },

  title({ selector, on, notOn, nodes, count }) {
    const where = [on && `on ${on.join(' or ')}`, notOn && `not on ${notOn.join(' or ')}`, nodes !== undefined && `spread over ${nodes} nodes`].filter((words) => typeof words === 'string');
    return `at least ${count} ready pod${count === 1 ? '' : 's'} labelled ${selector}, ${where.join(', ')}`;
  },

  async run(params, cluster) {
    const pods = (await cluster.list('pods', params.namespace, params.selector)).filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const ready = pods.filter((pod) => conditionOf(pod, 'Ready')?.status === 'True').map((pod) => ({ name: pod.metadata.name, node: textAt(pod, 'spec.nodeName') ?? '' }));
    const saw = pods.length === 0 ? `no pod labelled ${params.selector}` : ready.length === 0 ? `${pods.length} pods, none Ready` : ready.map(({ name, node }) => `${name} on ${node}`).join(', ');
    const right = ready.length >= params.count
      && ready.every(({ node }) => (!params.on || params.on.some((end) => isNode(node, end))) && !params.notOn?.some((end) => isNode(node, end)))
      && (params.nodes === undefined || new Set(ready.map(({ node }) => node)).size >= params.nodes);
    return right ? { status: 'pass', saw } : { status: 'fail', expected: placed.title(params), saw, ...(params.nudge === undefined ? {} : { nudge: params.nudge }) };
  },
};

/** A node is named whole, or by its end (`-worker`). */
const isNode = (node: string, wanted: string): boolean => node === wanted || (wanted.startsWith('-') && node.endsWith(wanted));
