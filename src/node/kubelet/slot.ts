/** What the kubelet remembers of one container of a pod, across its runs. Data; `pod-worker.ts` moves it. */
import type { Disposer } from '../../base/clock.ts';
import type { Stored } from '../../api/object.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../../kinds/pod/types.ts';
import type { ContainerRun, Ended } from './container-run.ts';

export type Role = 'init' | 'sidecar' | 'main' | 'ephemeral';

export interface Slot {
  readonly name: string;
  readonly role: Role;
  container: Stored<Container>;
  /** The present run, or the last one if none runs. */
  run?: ContainerRun | undefined;
  /** How the run before the present one ended, and its log. */
  previous?: { readonly ended: Ended; readonly id: string; readonly run?: ContainerRun | undefined } | undefined;
  /** A run that could not even begin leaves this. */
  failedStart?: { readonly ended: Ended; readonly id: string } | undefined;
  restarts: number;
  /** How many runs were begun; the first is no restart. */
  begun: number;
  waiting?: { reason: string; message?: string } | undefined;
  /** Pulling, creating: the next step comes by itself. */
  isBusy: boolean;
  notBeforeMs: number;
  /** Passed its startup probe, or has none. */
  started: boolean;
  ready: boolean;
  readonly probers: Disposer[];
}

export function newSlot(container: Stored<Container>, role: Role): Slot {
  return { name: container.name, role, container, restarts: 0, begun: 0, isBusy: false, notBeforeMs: 0, started: false, ready: false, probers: [] };
}

export function slotsOf(pod: Stored<Pod>): Slot[] {
  return [
    ...(pod.spec.initContainers ?? []).map((one) => newSlot(one, one.restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...pod.spec.containers.map((one) => newSlot(one, 'main')),
    ...(pod.spec.ephemeralContainers ?? []).map((one) => newSlot(one, 'ephemeral')),
  ];
}

export const isRunning = (slot: Slot): boolean => slot.run?.isRunning === true;
export const endOf = (slot: Slot): Ended | undefined => slot.failedStart?.ended ?? slot.run?.ended;
/** Ran to its end without error. */
export const isDone = (slot: Slot): boolean => endOf(slot)?.exitCode === 0;
export const fieldPath = (slot: Slot): string =>
  `spec.${slot.role === 'main' ? 'containers' : slot.role === 'ephemeral' ? 'ephemeralContainers' : 'initContainers'}{${slot.name}}`;

/** Will this container be started again after it ended as it did? */
export function shallRestart(slot: Slot, policy: Stored<Pod>['spec']['restartPolicy']): boolean {
  const ended = endOf(slot);
  if (!ended) return true;
  switch (slot.role) {
    case 'ephemeral':
      return false;
    case 'sidecar':
      return true;
    case 'init':
      return ended.exitCode !== 0 && policy !== 'Never';
    case 'main':
      return policy === 'Always' || policy === undefined || (policy === 'OnFailure' && ended.exitCode !== 0);
  }
}

/** A slot for a pod that ran before this kubelet began: the node was restarted, and with it every container. */
export function rememberStatus(slot: Slot, status: Stored<ContainerStatus> | undefined, nowUnixMs: number): void {
  if (!status || !status.containerID) return;
  slot.begun = status.restartCount + 1;
  slot.restarts = status.restartCount;
  const id = status.containerID.replace('containerd://', '');
  const ended = (state: Stored<ContainerState> | undefined): Ended | undefined => {
    const { terminated, running } = state ?? {};
    if (terminated) {
      return {
        exitCode: terminated.exitCode,
        reason: terminated.reason ?? '',
        ...(terminated.message === undefined ? {} : { message: terminated.message }),
        startedUnixMs: Date.parse(terminated.startedAt ?? '') || 0,
        finishedUnixMs: Date.parse(terminated.finishedAt ?? '') || 0,
      };
    }
    return running ? { exitCode: 255, reason: 'Unknown', startedUnixMs: Date.parse(running.startedAt ?? '') || 0, finishedUnixMs: nowUnixMs } : undefined;
  };
  const now = ended(status.state);
  const before = ended(status.lastState);
  if (now) slot.failedStart = { ended: now, id };
  else if (before) slot.previous = { ended: before, id: status.lastState?.terminated?.containerID?.replace('containerd://', '') ?? id };
}
