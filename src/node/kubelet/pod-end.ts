/**
 * How pods end: politely (preStop, the stop signal), then, when the grace period is over, not.
 * See pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer and pod_workers.go.
 */
import { ApiError } from '../../api/status.ts';
import { handle } from './handler.ts';
import type { PodWorker } from './pod-worker.ts';
import { isRunning, type Slot } from './slot.ts';

/** Even a pod deleted with no grace at all gets this long. */
const LEAST_GRACE_SECONDS = 1;
/** How often to see whether an abandoned pod has ended. */
const LOOK_MS = 50;

/** Brings a deleted pod to its end; called again at every step. */
export function endPod(worker: PodWorker): void {
  const grace = worker.pod.metadata.deletionGracePeriodSeconds ?? worker.pod.spec.terminationGracePeriodSeconds ?? 30;
  const running = worker.slots.filter(isRunning);
  // Sidecars serve the others to the last: they go when the main containers are gone, the last one first.
  const mains = running.filter((slot) => slot.role !== 'sidecar');
  const turn = mains.length > 0 ? mains : running.slice(-1);
  for (const slot of turn) {
    if (!worker.isEnding || !slot.run?.isStopping) {
      if (!slot.run?.isStopping) worker.event(slot, 'Normal', 'Killing', `Stopping container ${slot.name}`);
      void stopContainer(worker, slot, grace);
    } else hasten(worker, slot, grace);
  }
  worker.isEnding = true;
  worker.publish();
  if (running.length > 0) return;
  remove(worker);
}

/** The object is gone already (deleted by force, a manifest removed): end what runs, with nothing left to report to. */
export function abandonPod(worker: PodWorker, graceSeconds = 0): void {
  worker.isEnding = true;
  for (const slot of worker.slots.filter(isRunning)) {
    if (!slot.run?.isStopping) worker.event(slot, 'Normal', 'Killing', `Stopping container ${slot.name}`);
    void stopContainer(worker, slot, graceSeconds);
  }
  const look = () => {
    if (worker.slots.some(isRunning)) worker.host.clock.schedule(LOOK_MS, look);
    else worker.stop();
  };
  look();
}

/** preStop, signal, and SIGKILL when the time is up. Resolves when it is told to stop, not when it has. */
export async function stopContainer(worker: PodWorker, slot: Slot, graceSeconds: number): Promise<void> {
  const { run } = slot;
  if (!run?.isRunning) return;
  const { clock } = worker.host;
  run.isStopping = true;
  for (const stop of slot.probers.splice(0)) stop();
  const seconds = Math.max(graceSeconds, LEAST_GRACE_SECONDS);
  clock.schedule(seconds * 1000, () => run.signal('SIGKILL'));
  const hook = slot.container.lifecycle?.preStop;
  if (hook) {
    const { ok } = await handle(hook, run, worker.host.process(), seconds * 1000);
    if (!ok) worker.event(slot, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
  }
  run.signal(run.stopSignal);
}

/** A second deletion may shorten the grace period. */
function hasten(worker: PodWorker, slot: Slot, graceSeconds: number): void {
  const { run } = slot;
  worker.host.clock.schedule(Math.max(graceSeconds, LEAST_GRACE_SECONDS) * 1000, () => run?.signal('SIGKILL'));
}

function remove(worker: PodWorker): void {
  if (worker.isGone) return;
  worker.stop();
  const { name, namespace, uid } = worker.pod.metadata;
  worker.sandbox = undefined;
  worker.publish();
  try {
    worker.host.registry.delete('pods', name, namespace, { gracePeriodSeconds: 0, preconditions: { uid: uid ?? '' } });
  } catch (error) {
    // Gone already, or another pod of the same name by now.
    if (!(error instanceof ApiError)) throw error;
  }
}
