/** `kubectl drain`: cordon, then evict what may be evicted. See kubectl/pkg/cmd/drain and kubectl/pkg/drain/filters.go. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { KubectlError, plainError } from '../io.ts';
import { dig, type KubeObject, type List } from '../object.ts';
import { pause } from '../pause.ts';
import { podPath } from '../pods.ts';
import { dryRunOf, type DryRun } from '../result.ts';
import { mark, NODE_FLAGS, nodesOf } from './cordon.ts';
import type { Named } from '../named.ts';

export const drain: Verb = {
  name: 'drain', short: 'Drain node in preparation for maintenance', long: 'Drain node in preparation for maintenance.\n\nThe given node will be marked unschedulable to prevent new pods from arriving. \'drain\' evicts the pods if the API server supports disruptions. Otherwise, it will use normal DELETE to delete the pods.',
  examples: '# Drain node "foo", even if there are pods not managed by a replication controller, replica set, job, daemon set, or stateful set on it\nkubectl drain foo --force', usage: 'drain NODE [options]',
  flags: [
    ...NODE_FLAGS,
    { name: 'force', type: 'bool', value: false, help: 'Continue even if there are pods that do not declare a controller.' },
    { name: 'ignore-daemonsets', type: 'bool', value: false, help: 'Ignore DaemonSet-managed pods.' },
    { name: 'delete-emptydir-data', type: 'bool', value: false, help: 'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).' },
    { name: 'disable-eviction', type: 'bool', value: false, help: 'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.' },
    { name: 'grace-period', type: 'int', value: '-1', help: 'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used.' },
    { name: 'timeout', type: 'duration', value: '0s', help: 'The length of time to wait before giving up, zero means infinite' },
    { name: 'pod-selector', type: 'string', value: '', help: 'Label selector to filter pods on the node' },
    { name: 'skip-wait-for-delete-timeout', type: 'int', value: '0', help: 'If pod DeletionTimestamp older than N seconds, skip waiting for the pod.  Seconds must be greater than 0 to skip.' },
    { name: 'chunk-size', type: 'int', value: '500', help: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
  ],
  run: async (run) => {
    const dryRun = dryRunOf(run);
    const nodes = await nodesOf(run);
    for (const node of nodes) await mark(run, node, true, dryRun);
    const failed: { name: string; message: string }[] = [];
    for (const node of nodes) {
      try {
        await drainOne(run, node, dryRun);
        run.out(`node/${node.name} drained${dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''}\n`);
      } catch (error) {
        if (!(error instanceof KubectlError || error instanceof StatusError) || run.io.signal.aborted) throw error;
        const message = error.message;
        failed.push({ name: node.name, message });
        run.err(`error: unable to drain node ${JSON.stringify(node.name)} due to error: ${bracketed(message)}, continuing command...\n`);
      }
    }
    if (failed.length === 0) return 0;
    run.err(`There are pending nodes to be drained:\n${failed.map((one) => ` ${one.name}\n`).join('')}`);
    for (const one of failed) run.err(`${one.message}\n`);
    return 1;
  },
};

/** Several reasons are one list in Go's aggregate. */
const bracketed = (message: string) => (message.includes('\n') ? `[${message.split('\n').join(', ')}]` : message);

interface Verdict {
  readonly evict: boolean;
  readonly warning?: string;
  readonly refusal?: string;
}

async function drainOne(run: Run, node: Named, dryRun: DryRun): Promise<void> {
  const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${node.name}`, ...(run.flags.text('pod-selector') ? { labelSelector: run.flags.text('pod-selector') } : {}) });
  const pods = (await run.client.json<List>('GET', `/api/v1/pods?${query.toString()}`)).items;
  const judged = pods.map((pod) => ({ pod, verdict: judge(run, pod) }));
  const by = (field: 'warning' | 'refusal') => {
    const groups = new Map<string, string[]>();
    for (const { pod, verdict } of judged) if (verdict[field]) groups.set(verdict[field]!, [...(groups.get(verdict[field]!) ?? []), `${pod.metadata?.namespace}/${pod.metadata?.name}`]);
    return [...groups].map(([text, names]) => `${text}: ${names.join(', ')}`).sort();
  };
  const refusals = by('refusal').sort((a, b) => (a < b ? -1 : 1));
  if (refusals.length > 0) throw new KubectlError(refusals.join('\n'));
  const warnings = by('warning');
  if (warnings.length > 0) run.err(`Warning: ${warnings.join('; ')}\n`);
  const leaving = judged.filter(({ verdict }) => verdict.evict).map(({ pod }) => pod);
  try {
    await evictAll(run, leaving, dryRun);
  } catch (error) {
    if (!(error instanceof KubectlError) || run.io.signal.aborted) throw error;
    const left = (await run.client.json<List>('GET', `/api/v1/pods?${query.toString()}`)).items.filter((pod) => judge(run, pod).evict);
    if (left.length > 0) run.err(`There are pending pods in node ${JSON.stringify(node.name)} when an error occurred: ${bracketed(error.message)}\n${left.map((pod) => `pod/${pod.metadata?.name}\n`).join('')}`);
    throw error;
  }
}

function judge(run: Run, pod: KubeObject): Verdict {
  const { flags } = run;
  if (isLeavingSince(run, pod)) return { evict: false };
  const owner = pod.metadata?.ownerReferences?.find((one) => one.controller);
  const finished = ['Succeeded', 'Failed'].includes(String(dig(pod, 'status', 'phase')));
  if (owner?.kind === 'DaemonSet') {
    if (finished) return { evict: true };
    return flags.bool('ignore-daemonsets') ? { evict: false, warning: 'ignoring DaemonSet-managed Pods' } : { evict: false, refusal: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  }
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { evict: false };
  const local = ((dig(pod, 'spec', 'volumes') as { emptyDir?: object }[] | undefined) ?? []).some((volume) => volume.emptyDir !== undefined);
  if (local && !finished && !flags.bool('delete-emptydir-data')) return { evict: false, refusal: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)' };
  if (!owner && !finished) return flags.bool('force') ? { evict: true, warning: 'deleting Pods that declare no controller' } : { evict: false, refusal: 'cannot delete cannot delete Pods that declare no controller (use --force to override)' };
  if (local && !finished) return { evict: true, warning: 'deleting Pods with local storage' };
  return { evict: true };
}

/** Whether it was to be gone longer ago than anybody waits for (`--skip-wait-for-delete-timeout`). */
function isLeavingSince(run: Run, { metadata }: KubeObject): boolean {
  const seconds = run.flags.int('skip-wait-for-delete-timeout');
  return seconds > 0 && metadata?.deletionTimestamp !== undefined && Math.trunc((Date.now() - Date.parse(metadata.deletionTimestamp)) / 1000) > seconds;
}

async function evictAll(run: Run, pods: readonly KubeObject[], dryRun: DryRun): Promise<void> {
  const note = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  const limit = run.flags.duration('timeout');
  const end = { atMs: limit > 0 ? Date.now() + limit : Infinity, reached: `global timeout reached: ${run.flags.text('timeout')}` };
  const verb = run.flags.bool('disable-eviction') ? 'deleting' : 'evicting';
  for (const pod of pods) run.out(`${verb} pod ${pod.metadata?.namespace}/${pod.metadata?.name}${note}\n`);
  if (dryRun === 'client') return;
  // One pod that stays keeps nobody else from leaving.
  const outcomes = await Promise.allSettled(pods.map((pod) => evict(run, pod, dryRun, end)));
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const other = errors.find((error) => !(error instanceof KubectlError));
  if (other) throw other;
  if (errors.length > 0) throw new KubectlError((errors as KubectlError[]).map(({ message }) => message.replace(/^error: /, '')).join('\n'));
}

interface End {
  readonly atMs: number;
  /** What is said when it has come. */
  readonly reached: string;
}

async function evict(run: Run, pod: KubeObject, dryRun: DryRun, end: End): Promise<void> {
  const [namespace, name] = [pod.metadata?.namespace ?? '', pod.metadata?.name ?? ''];
  const grace = run.flags.int('grace-period');
  const options = grace >= 0 ? { gracePeriodSeconds: grace } : {};
  const query = dryRun === 'server' ? '?dryRun=All' : '';
  for (;;) {
    try {
      if (run.flags.bool('disable-eviction')) await run.client.json('DELETE', podPath(namespace, name) + query, { body: options });
      else await run.client.json('POST', podPath(namespace, name, 'eviction') + query, { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions: options } });
      break;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.status.reason === 'NotFound') return;
      if (error.status.reason !== 'TooManyRequests') throw plainError(`error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${error.status.message}`);
      run.err(`error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${error.status.message}\n`);
      await pause(run.io, 5000);
      run.out(`evicting pod ${namespace}/${name}\n`);
      if (Date.now() > end.atMs) throw new KubectlError(`error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${end.reached}`);
    }
  }
  if (dryRun !== 'none') return;
  for (;;) {
    const still = await run.client.json<KubeObject>('GET', podPath(namespace, name)).catch((error: unknown) => {
      if (error instanceof StatusError && error.status.reason === 'NotFound') return undefined;
      throw error;
    });
    if (!still || still.metadata?.uid !== pod.metadata?.uid) break;
    if (isLeavingSince(run, still)) return run.out(`pod ${JSON.stringify(name)} has DeletionTimestamp older than ${run.flags.int('skip-wait-for-delete-timeout')} seconds, skipping\n`);
    if (Date.now() > end.atMs) throw new KubectlError(`error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: ${end.reached}`);
    await pause(run.io, 200);
  }
  run.out(`pod/${name} ${run.flags.bool('disable-eviction') ? 'deleted' : 'evicted'}\n`);
}
