/**
 * Looks whether a workload is ready, as strictly as `kubectl rollout status` and a little more: the controller has seen
 * the newest spec, and every replica counter agrees. `readyReplicas` alone counts pods of the old template too.
 */
import { type Checker, type Finding, type KubernetesObject, Params } from '../src/lab/checker.ts';
import { conditionOf, nameOf, textAt, valuesAt } from './path.ts';

interface ReadyParams {
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly selector: string | undefined;
  readonly nudge: string | undefined;
}

/** Per resource: why it is not ready; undefined when it is. */
const JUDGES: Readonly<Record<string, (object: KubernetesObject) => string | undefined>> = {
  pods: pod,
  nodes: (node) => (conditionOf(node, 'Ready')?.status === 'True' ? undefined : `is not Ready: ${conditionOf(node, 'Ready')?.message ?? 'no condition yet'}`),
  'deployments.apps': (it) => counters(it, { desired: 'spec.replicas', equal: ['status.replicas', 'status.updatedReplicas', 'status.readyReplicas', 'status.availableReplicas'] }),
  'replicasets.apps': (it) => counters(it, { desired: 'spec.replicas', equal: ['status.replicas', 'status.readyReplicas', 'status.availableReplicas'] }),
  'statefulsets.apps': (it) => counters(it, { desired: 'spec.replicas', equal: ['status.replicas', 'status.updatedReplicas', 'status.readyReplicas'] }),
  'daemonsets.apps': (it) => counters(it, { desired: 'status.desiredNumberScheduled', equal: ['status.currentNumberScheduled', 'status.updatedNumberScheduled', 'status.numberReady', 'status.numberAvailable'] }),
};

export const ready: Checker<ReadyParams> = {
  name: 'ready',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      resource: params.text('resource'),
      namespace: params.optionalText('namespace'),
      name: params.optionalText('name'),
      selector: params.optionalText('selector'),
      nudge: params.optionalText('nudge'),
    };
    params.done();
    if (!JUDGES[parsed.resource]) throw new Error(`\`with.resource\` must be one of ${Object.keys(JUDGES).join(', ')}`);
    if ((parsed.name === undefined) === (parsed.selector === undefined)) throw new Error('give either `with.name` or `with.selector`');
    return parsed;
  },

  title: ({ resource, name, namespace, selector }) => (name === undefined ? `every one of the ${resource} labelled ${selector} is ready` : `${nameOf(resource, name, namespace)} is ready`),

  async run(params, cluster): Promise<Finding> {
    const { resource, name, namespace, selector } = params;
    const hint = params.nudge === undefined ? {} : { nudge: params.nudge };
    const objects = name === undefined ? await cluster.list(resource, namespace, selector) : [await cluster.get(resource, name, namespace)].filter((object) => object !== undefined);
    const expected = ready.title(params);
    if (objects.length === 0) {
      return { status: 'fail', expected, saw: name === undefined ? `no ${resource} with ${selector}` : `${nameOf(resource, name, namespace)} does not exist`, ...hint };
    }
    const problems = objects.flatMap((object) => {
      const problem = object.metadata.deletionTimestamp === undefined ? JUDGES[resource]!(object) : 'is being deleted';
      return problem === undefined ? [] : [`${nameOf(resource, object.metadata.name)} ${problem}`];
    });
    return problems.length === 0 ? { status: 'pass', saw: `${objects.map((object) => object.metadata.name).join(', ')} ready` } : { status: 'fail', expected, saw: problems.join('; '), ...hint };
  },
};

function pod(object: KubernetesObject): string | undefined {
  if (conditionOf(object, 'Ready')?.status === 'True') return undefined;
  const waiting = textAt(object, 'status.containerStatuses[*].state.waiting.reason');
  if (waiting !== undefined) return `is waiting: ${waiting}`;
  const scheduled = conditionOf(object, 'PodScheduled');
  if (scheduled?.status === 'False') return `is not scheduled: ${scheduled.message ?? scheduled.reason}`;
  return `is ${textAt(object, 'status.phase') ?? 'Pending'} and not Ready`;
}

function counters(object: KubernetesObject, { desired, equal }: { readonly desired: string; readonly equal: readonly string[] }): string | undefined {
  const observed = Number(valuesAt(object, 'status.observedGeneration')[0] ?? 0);
  if (observed < (object.metadata.generation ?? 0)) return 'has changed and its controller has not seen it yet';
  const wanted = Number(valuesAt(object, desired)[0] ?? (desired.startsWith('spec') ? 1 : 0));
  const off = equal.filter((path) => Number(valuesAt(object, path)[0] ?? 0) !== wanted);
  return off.length === 0 ? undefined : `wants ${wanted}, but ${off.map((path) => `${path.split('.').at(-1)} is ${Number(valuesAt(object, path)[0] ?? 0)}`).join(', ')}`;
}
