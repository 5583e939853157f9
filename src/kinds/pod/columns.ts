/**
 * `kubectl get pods`: the STATUS word is read from many places. See printPod in pkg/printers/internalversion/printers.go.
 */
import { parseTimestamp } from '../../api/time.ts';
import { humanDuration } from '../../base/duration.ts';
import { column, nameColumn, ageColumn, wide, type Loose } from '../define.ts';
import type { Column } from '../kind.ts';
import type { ContainerStatus, Pod } from './types.ts';

/** READY, STATUS, RESTARTS. */
export function summarize(pod: Pod): { ready: string; status: string; restarts: number; lastRestart: number | undefined } {
  const { spec, status = {} } = pod;
  let reason: string = status.reason || status.phase || '';
  let restarts = 0;
  let sidecarRestarts = 0;
  let lastRestart: number | undefined;
  let lastSidecarRestart: number | undefined;
  let ready = 0;
  const sidecars = new Set((spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always').map((container) => container.name));
  let total = spec.containers.length + sidecars.size;
  if (status.conditions?.some((condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated')) reason = 'SchedulingGated';

  let initializing = false;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    restarts += container.restartCount;
    lastRestart = later(lastRestart, container);
    const sidecar = sidecars.has(container.name);
    if (sidecar) {
      sidecarRestarts += container.restartCount;
      lastSidecarRestart = later(lastSidecarRestart, container);
    }
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated) {
      reason = terminated.reason ? `Init:${terminated.reason}` : terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`;
    } else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${index}/${spec.initContainers?.length ?? 0}`;
    initializing = true;
    break;
  }

  const initialized = status.conditions?.some((condition) => condition.type === 'Initialized' && condition.status === 'True') === true;
  if (!initializing || initialized) {
    restarts = sidecarRestarts;
    lastRestart = lastSidecarRestart;
    let hasRunning = false;
    for (const container of (status.containerStatuses ?? []).toReversed()) {
      restarts += container.restartCount;
      lastRestart = later(lastRestart, container);
      const { terminated, waiting, running } = container.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) reason = terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`);
      else if (container.ready && running) {
        hasRunning = true;
        ready++;
      }
    }
    // A pod whose first container has ended while another runs is not completed.
    if (reason === 'Completed' && hasRunning) reason = status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ? 'Running' : 'NotReady';
  }

  if (pod.metadata.deletionTimestamp && status.reason === 'NodeLost') reason = 'Unknown';
  else if (pod.metadata.deletionTimestamp && status.phase !== 'Succeeded' && status.phase !== 'Failed') reason = 'Terminating';
  total = Math.max(total, 0);
  return { ready: `${ready}/${total}`, status: reason, restarts, lastRestart };
}

function later(known: number | undefined, container: ContainerStatus): number | undefined {
  const at = parseTimestamp(container.lastState?.terminated?.finishedAt);
  return at === undefined ? known : Math.max(known ?? 0, at);
}

const asPod = (object: Loose) => object as unknown as Pod;

export const podColumns: readonly Column<Loose>[] = [
  nameColumn(),
  column('Ready', (pod) => summarize(asPod(pod)).ready, { description: 'The aggregate readiness state of this pod for accepting traffic.' }),
  column('Status', (pod) => summarize(asPod(pod)).status, { description: 'The aggregate status of the containers in this pod.' }),
  column(
    'Restarts',
    (pod, now) => {
      const { restarts, lastRestart } = summarize(asPod(pod));
      return restarts > 0 && lastRestart ? `${restarts} (${humanDuration(now - lastRestart)} ago)` : String(restarts);
    },
    { description: 'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.' },
  ),
  ageColumn(),
  wide('IP', (pod) => asPod(pod).status?.podIPs?.[0]?.ip || asPod(pod).status?.podIP || '<none>'),
  wide('Node', (pod) => asPod(pod).spec.nodeName || '<none>'),
  wide('Nominated Node', (pod) => asPod(pod).status?.nominatedNodeName || '<none>'),
  wide('Readiness Gates', (pod) => {
    const gates = asPod(pod).spec.readinessGates ?? [];
    if (gates.length === 0) return '<none>';
    const met = gates.filter((gate) => asPod(pod).status?.conditions?.some((c) => c.type === gate.conditionType && c.status === 'True'));
    return `${met.length}/${gates.length}`;
  }),
];
