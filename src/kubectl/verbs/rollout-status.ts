/** `kubectl rollout status`. See kubectl/pkg/polymorphichelpers/rollout_status.go. */
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, type Named } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { notFound, watchUntil } from '../watch-until.ts';

export const status: Verb = {
  name: 'status', short: 'Show the status of the rollout', long: "Show the status of the rollout.\n\nBy default 'rollout status' will watch the status of the latest rollout until it's done. If you don't want to wait for the rollout to finish then you can use --watch=false.",
  examples: '# Watch the rollout status of a deployment\nkubectl rollout status deployment/nginx', usage: 'rollout status (TYPE NAME | TYPE/NAME) [flags] [options]',
  flags: [
    ...FILE_FLAGS,
    { name: 'watch', short: 'w', type: 'bool', value: true, help: "Watch the status of the rollout until it's done." },
    { name: 'revision', type: 'int', value: '0', help: 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).' },
    { name: 'timeout', type: 'duration', value: '0s', help: 'The length of time to wait before ending watch, zero means never. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
  ],
  run: async (run) => {
    const revision = run.flags.int('revision');
    if (revision < 0) throw plainError(`revision must be a positive integer: ${revision}`);
    const named = await namedObjects(run, run.args, { many: true, missing: 'error: required resource not specified' });
    return each(run, named, (one) => follow(run, one, revision));
  },
};

type State = { readonly message: string; readonly done: boolean };

async function follow(run: Run, one: Named, revision: number): Promise<void> {
  const first = await fetch(run, one);
  const judge = judgeOf(first.kind ?? '');
  if (!judge) throw plainError(`no status viewer has been implemented for ${first.kind}`);
  const limit = run.flags.duration('timeout');
  let told = '';
  const isDone = await watchUntil(run, one, limit > 0 ? limit : undefined, ({ object, wentAway }) => {
    if (wentAway) throw plainError('object has been deleted');
    if (!object) throw notFound(one);
    const state = judge({ ...object, kind: first.kind ?? '' }, revision);
    if (state.message !== told) run.out(state.message);
    told = state.message;
    return state.done || !run.flags.bool('watch') ? true : undefined;
  });
  if (!isDone) throw plainError('timed out waiting for the condition');
}

function judgeOf(kind: string): ((object: KubeObject, revision: number) => State) | undefined {
  return { Deployment: deploymentState, DaemonSet: daemonSetState, StatefulSet: statefulSetState }[kind];
}

const number = (object: KubeObject, ...path: string[]) => (dig(object, ...path) as number | undefined) ?? 0;
const waiting = (message: string): State => ({ message: `${message}\n`, done: false });
const observed = (object: KubeObject) => (object.metadata?.generation ?? 0) <= number(object, 'status', 'observedGeneration');

function deploymentState(object: KubeObject, revision: number): State {
  const name = object.metadata?.name ?? '';
  if (revision > 0) {
    const has = Number(object.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    if (has !== revision) throw plainError(`desired revision (${revision}) is different from the running revision (${has})`);
  }
  if (!observed(object)) return waiting('Waiting for deployment spec update to be observed...');
  const progressing = ((dig(object, 'status', 'conditions') as { type: string; reason?: string }[] | undefined) ?? []).find((one) => one.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') throw plainError(`deployment ${JSON.stringify(name)} exceeded its progress deadline`);
  const desired = dig(object, 'spec', 'replicas') as number | undefined;
  const [total, updated, available] = [number(object, 'status', 'replicas'), number(object, 'status', 'updatedReplicas'), number(object, 'status', 'availableReplicas')];
  const head = `Waiting for deployment ${JSON.stringify(name)} rollout to finish: `;
  if (desired !== undefined && updated < desired) return waiting(`${head}${updated} out of ${desired} new replicas have been updated...`);
  if (total > updated) return waiting(`${head}${total - updated} old replicas are pending termination...`);
  if (available < updated) return waiting(`${head}${available} of ${updated} updated replicas are available...`);
  return { message: `deployment ${JSON.stringify(name)} successfully rolled out\n`, done: true };
}

function daemonSetState(object: KubeObject): State {
  const name = JSON.stringify(object.metadata?.name);
  if (dig(object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate') throw plainError(`rollout status is only available for RollingUpdate strategy type`);
  if (!observed(object)) return waiting('Waiting for daemon set spec update to be observed...');
  const [desired, updated, available] = [number(object, 'status', 'desiredNumberScheduled'), number(object, 'status', 'updatedNumberScheduled'), number(object, 'status', 'numberAvailable')];
  const head = `Waiting for daemon set ${name} rollout to finish: `;
  if (updated < desired) return waiting(`${head}${updated} out of ${desired} new pods have been updated...`);
  if (available < desired) return waiting(`${head}${available} of ${desired} updated pods are available...`);
  return { message: `daemon set ${name} successfully rolled out\n`, done: true };
}

function statefulSetState(object: KubeObject): State {
  if (dig(object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate') throw plainError(`rollout status is only available for RollingUpdate strategy type`);
  if (!observed(object) || number(object, 'status', 'observedGeneration') === 0) return waiting('Waiting for statefulset spec update to be observed...');
  const desired = number(object, 'spec', 'replicas');
  const ready = number(object, 'status', 'readyReplicas');
  if (ready < desired) return waiting(`Waiting for ${desired - ready} pods to be ready...`);
  const partition = number(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  const updated = number(object, 'status', 'updatedReplicas');
  if (partition > 0) {
    if (updated < desired - partition) return waiting(`Waiting for partitioned roll out to finish: ${updated} out of ${desired - partition} new pods have been updated...`);
    return { message: `partitioned roll out complete: ${updated} new pods have been updated...\n`, done: true };
  }
  const [update, current] = [dig(object, 'status', 'updateRevision') as string, dig(object, 'status', 'currentRevision') as string];
  if (update !== current) return waiting(`waiting for statefulset rolling update to complete ${updated} pods at revision ${update}...`);
  return { message: `statefulset rolling update complete ${number(object, 'status', 'currentReplicas')} pods at revision ${current}...\n`, done: true };
}
