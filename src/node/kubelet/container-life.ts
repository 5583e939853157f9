/**
 * One container of a pod, made and started: configuration, process, log file, probes, hooks, and what follows its end.
 * See pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer.
 */
import type { FoundImage } from '../../images/index.ts';
import { ContainerRun, StartFailure } from './container-run.ts';
import { ConfigError } from './environment.ts';
import { handle } from './handler.ts';
import { hexId } from './host.ts';
import { stopContainer } from './pod-end.ts';
import type { PodWorker } from './pod-worker.ts';
import { startProber } from './prober.ts';
import type { Sandbox } from './sandbox.ts';
import { endOf, isDone, shallRestart, type Slot } from './slot.ts';
import { VolumeError } from './volumes.ts';

const CREATE_MS = 50;
/** The kubelet hears of an ended container when it next asks the runtime: PLEG's relist period. */
export const RELIST_MS = 1000;
/** A pod that cannot go on is looked at again after this. */
export const RESYNC_MS = 10_000;

/** `kubectl debug --target`: the container whose processes an ephemeral one joins, while it runs. */
function targetOf(worker: PodWorker, { container }: Slot): ContainerRun | undefined {
  const target = worker.slots.find((one) => one.name === container.targetContainerName)?.run;
  return target?.isRunning ? target : undefined;
}

/** From a pulled image to a started container; what cannot be made waits with the reason. */
export function createContainer(worker: PodWorker, sandbox: Sandbox, slot: Slot, image: FoundImage): void {
  let run: ContainerRun;
  try {
    run = new ContainerRun(worker.host, worker.pod, slot.container, image, sandbox, targetOf(worker, slot)?.machine);
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof VolumeError)) throw error;
    slot.waiting = { reason: 'CreateContainerConfigError', message: error.message };
    worker.event(slot, 'Warning', 'Failed', `Error: ${error.message}`);
    return worker.retry(slot, RESYNC_MS);
  }
  slot.isBusy = true;
  worker.event(slot, 'Normal', 'Created', 'Container created');
  worker.host.clock.schedule(CREATE_MS, () => {
    slot.isBusy = false;
    if (worker.isGone || worker.isEnding) return;
    startContainer(worker, slot, run);
    worker.sync();
  });
}

function startContainer(worker: PodWorker, slot: Slot, run: ContainerRun): void {
  const ended = endOf(slot);
  if (ended) slot.previous = { ended, id: slot.failedStart?.id ?? slot.run?.id ?? '', run: slot.run };
  slot.failedStart = undefined;
  slot.restarts = slot.begun++;
  slot.waiting = undefined;
  slot.started = !slot.container.startupProbe;
  slot.ready = slot.started && !slot.container.readinessProbe;
  try {
    run.start(() => onEnd(worker, slot, run));
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    const nowUnixMs = worker.host.clock.unixMs();
    slot.failedStart = { ended: { exitCode: 128, reason: 'StartError', message: error.message, startedUnixMs: 0, finishedUnixMs: nowUnixMs }, id: hexId(worker.host.rng) };
    run.log.close();
    slot.waiting = { reason: 'RunContainerError', message: error.message };
    worker.event(slot, 'Warning', 'Failed', `Error: ${error.message}`);
    slot.run = run;
    return worker.retry(slot, RELIST_MS);
  }
  slot.run = run;
  worker.event(slot, 'Normal', 'Started', 'Container started');
  keepLog(worker, slot, run);
  probe(worker, slot, run);
  if (slot.container.lifecycle?.postStart) void postStart(worker, slot, run);
}

/** /var/log/pods, where the node's tools look. */
function keepLog(worker: PodWorker, slot: Slot, run: ContainerRun): void {
  const { name, namespace, uid } = worker.pod.metadata;
  const folder = `/var/log/pods/${namespace}_${name}_${uid}/${slot.name}`;
  const { files } = worker.host.machine;
  files.mkdir(folder, { recursive: true });
  files.virtual(`${folder}/${slot.restarts}.log`, { read: () => run.log.criFormat() });
  const link = `/var/log/containers/${name}_${namespace}_${slot.name}-${run.id}.log`;
  files.mkdir('/var/log/containers', { recursive: true });
  files.symlink(`${folder}/${slot.restarts}.log`, link);
}

function probe(worker: PodWorker, slot: Slot, run: ContainerRun): void {
  const { startupProbe, readinessProbe, livenessProbe } = slot.container;
  const process = () => worker.host.process();
  const onFailure = (message: string) => worker.event(slot, 'Warning', 'Unhealthy', message);
  const kill = (kind: string) => {
    worker.event(slot, 'Normal', 'Killing', `Container ${slot.name} failed ${kind} probe, will be restarted`);
    const probe = kind === 'startup' ? startupProbe : livenessProbe;
    for (const stop of slot.probers.splice(0)) stop();
    void stopContainer(worker, slot, probe?.terminationGracePeriodSeconds ?? worker.pod.spec.terminationGracePeriodSeconds ?? 30);
  };
  if (readinessProbe) {
    const onResult = (ok: boolean) => {
      if (slot.ready === ok) return;
      slot.ready = ok;
      worker.publish();
    };
    slot.probers.push(startProber({ kind: 'Readiness', probe: readinessProbe, run, process, mayAsk: () => slot.started, onResult, onFailure }));
  }
  if (livenessProbe) slot.probers.push(startProber({ kind: 'Liveness', probe: livenessProbe, run, process, mayAsk: () => slot.started, onResult: (ok) => !ok && kill('liveness'), onFailure }));
  if (startupProbe) {
    const onResult = (ok: boolean) => {
      if (!ok) return kill('startup');
      if (slot.started) return;
      slot.started = true;
      if (!readinessProbe) slot.ready = true;
      worker.sync();
    };
    slot.probers.push(startProber({ kind: 'Startup', probe: startupProbe, run, process, mayAsk: () => !slot.started, onResult, onFailure }));
  }
}

async function postStart(worker: PodWorker, slot: Slot, run: ContainerRun): Promise<void> {
  const hook = slot.container.lifecycle?.postStart;
  const { ok } = await handle(hook ?? {}, run, worker.host.process(), 300_000);
  if (ok || !run.isRunning) return;
  worker.event(slot, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
  worker.event(slot, 'Normal', 'Killing', 'FailedPostStartHook');
  await stopContainer(worker, slot, worker.pod.spec.terminationGracePeriodSeconds ?? 30);
}

function onEnd(worker: PodWorker, slot: Slot, run: ContainerRun): void {
  if (slot.run !== run) return;
  for (const stop of slot.probers.splice(0)) stop();
  slot.ready = false;
  slot.started = false;
  if (worker.isGone) return;
  worker.publish();
  // What follows at once on a real node too: the next init container, the end of a pod that is done.
  const isOver = slot.role === 'init' ? isDone(slot) : !worker.isEnding && !shallRestart(slot, worker.pod.spec.restartPolicy);
  worker.later(isOver ? 20 : RELIST_MS);
}
