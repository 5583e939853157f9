/**
 * What a pod's status says, computed from its containers: phase, conditions, container statuses.
 * See pkg/kubelet/kubelet_pods.go generateAPIPodStatus and pkg/kubelet/status/generate.go.
 */
import type { Stored } from '../../api/object.ts';
import { timestamp } from '../../api/time.ts';
import { qosClassOf } from '../../kinds/pod/qos.ts';
import type { ContainerState, ContainerStatus, Pod, PodCondition, PodStatus } from '../../kinds/pod/types.ts';
import type { Ended } from './container-run.ts';
import { endOf, isDone, isRunning, shallRestart, type Slot } from './slot.ts';

export interface PodFacts {
  readonly pod: Stored<Pod>;
  readonly slots: readonly Slot[];
  readonly hostIp: string;
  readonly podIp: string | undefined;
  readonly hasSandbox: boolean;
  readonly startedUnixMs: number;
  readonly nowUnixMs: number;
  /** Decided once and for all: rejected, past its deadline. */
  readonly verdict?: { readonly phase: 'Failed'; readonly reason: string; readonly message: string } | undefined;
}

/** Conditions that are the kubelet's; others (gates, disruption) are left as they are. */
const OURS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

export function podStatus(facts: PodFacts): PodStatus {
  const { pod, slots, hostIp, podIp, verdict, nowUnixMs } = facts;
  const phase = verdict?.phase ?? phaseOf(facts);
  const statuses = (roles: readonly Slot['role'][]) => slots.filter((slot) => roles.includes(slot.role)).map((slot) => containerStatus(slot, facts));
  const main = statuses(['main']);
  const init = statuses(['init', 'sidecar']);
  const ephemeral = statuses(['ephemeral']);
  if (verdict && main.every((one) => one.state?.waiting)) {
    return { ...generation(pod), phase, message: verdict.message, reason: verdict.reason, startTime: timestamp(facts.startedUnixMs), ...kept(pod), qosClass: qosOf(pod) };
  }
  return {
    ...generation(pod),
    phase,
    ...(verdict ? { message: verdict.message, reason: verdict.reason } : {}),
    conditions: conditions(facts, phase, nowUnixMs),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: timestamp(facts.startedUnixMs),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: main,
    qosClass: qosOf(pod),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
  };
}

const generation = (pod: Stored<Pod>) => (pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation });
const qosOf = (pod: Stored<Pod>) => pod.status?.qosClass ?? qosClassOf(pod.spec as Pod['spec']);
const kept = (pod: Stored<Pod>) => (pod.status?.conditions ? { conditions: [...pod.status.conditions] as PodCondition[] } : {});

export function phaseOf({ pod, slots }: Pick<PodFacts, 'pod' | 'slots'>): NonNullable<PodStatus['phase']> {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const init = slots.filter((slot) => slot.role === 'init');
  if (init.some((slot) => endOf(slot) && !isDone(slot) && !shallRestart(slot, policy))) return 'Failed';
  const main = slots.filter((slot) => slot.role === 'main');
  const ended = main.filter((slot) => !isRunning(slot) && (endOf(slot) ?? slot.previous));
  const neverRan = main.filter((slot) => !isRunning(slot) && !endOf(slot) && !slot.previous);
  if (neverRan.length > 0) return 'Pending';
  if (main.some(isRunning)) return 'Running';
  if (ended.length === 0) return 'Pending';
  if (policy === 'Always') return 'Running';
  if (ended.every((slot) => isDone(slot))) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

function containerStatus(slot: Slot, { pod, hasSandbox, slots }: PodFacts): ContainerStatus {
  const { run, container } = slot;
  const state = stateOf(slot, slots, hasSandbox);
  const previous = previousEnd(slot, state);
  const id = state.running || state.terminated ? (slot.failedStart?.id ?? run?.id) : (slot.failedStart?.id ?? run?.id ?? slot.previous?.id);
  const mounts = (container.volumeMounts ?? []).map((mount) => ({
    name: mount.name,
    mountPath: mount.mountPath,
    ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
  }));
  const { requests, limits } = container.resources ?? {};
  const isReady = slot.role === 'init' ? isDone(slot) : isRunning(slot) && slot.ready;
  return {
    name: slot.name,
    state,
    lastState: previous ? { terminated: terminated(previous.ended, previous.id) } : {},
    ready: slot.role === 'ephemeral' ? false : isReady,
    restartCount: slot.restarts,
    image: run?.image.name ?? container.image ?? '',
    imageID: run?.image.imageId ?? '',
    ...(id === undefined ? {} : { containerID: `containerd://${id}` }),
    ...(slot.role === 'ephemeral' ? {} : { started: isRunning(slot) && slot.started }),
    ...(requests ? { allocatedResources: { ...requests } } : {}),
    ...(slot.role === 'ephemeral' ? {} : { resources: { ...(limits ? { limits: { ...limits } } : {}), ...(requests ? { requests: { ...requests } } : {}) } }),
    ...(mounts.length > 0 && pod.metadata.uid ? { volumeMounts: mounts } : {}),
  };
}

function stateOf(slot: Slot, slots: readonly Slot[], hasSandbox: boolean): ContainerState {
  if (slot.run && isRunning(slot)) return { running: { startedAt: timestamp(slot.run.startedUnixMs) } };
  if (slot.waiting) return { waiting: { ...slot.waiting } };
  const ended = endOf(slot);
  if (ended) return { terminated: terminated(ended, slot.failedStart?.id ?? slot.run?.id ?? '') };
  const isBlocked = slot.role === 'main' && slots.some((one) => (one.role === 'init' && !isDone(one)) || (one.role === 'sidecar' && !one.started));
  return { waiting: { reason: isBlocked || (slot.role !== 'main' && hasSandbox && slot.role !== 'ephemeral') ? 'PodInitializing' : 'ContainerCreating' } };
}

/** `lastState`: while it waits, the run that just ended; otherwise the one before. */
function previousEnd(slot: Slot, state: ContainerState): { readonly ended: Ended; readonly id: string } | undefined {
  const ended = endOf(slot);
  if (state.waiting && ended) return { ended, id: slot.failedStart?.id ?? slot.run?.id ?? '' };
  return slot.previous;
}

function terminated(ended: Ended, id: string): NonNullable<ContainerState['terminated']> {
  return {
    exitCode: ended.exitCode,
    ...(ended.reason ? { reason: ended.reason } : {}),
    ...(ended.message === undefined ? {} : { message: ended.message }),
    startedAt: timestamp(ended.startedUnixMs),
    finishedAt: timestamp(ended.finishedUnixMs),
    containerID: `containerd://${id}`,
  };
}

type Answer = Pick<PodCondition, 'status' | 'reason' | 'message'>;

function conditions(facts: PodFacts, phase: string, nowUnixMs: number): PodCondition[] {
  const { pod, slots, hasSandbox } = facts;
  const before = pod.status?.conditions ?? [];
  const completed = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const containersReady = containersReadiness(slots, completed);
  const answers: Readonly<Record<string, Answer>> = {
    PodReadyToStartContainers: { status: hasSandbox ? 'True' : 'False' },
    Initialized: initialized(slots, completed),
    Ready: readiness(pod, containersReady),
    ContainersReady: containersReady,
    PodScheduled: { status: 'True' },
  };
  const foreign = before.filter((one) => !OURS.includes(one.type)) as PodCondition[];
  const own = OURS.map((type): PodCondition => {
    const answer = answers[type] as Answer;
    const current = before.find((one) => one.type === type);
    const lastTransitionTime = current?.status === answer.status && current.lastTransitionTime ? current.lastTransitionTime : timestamp(nowUnixMs);
    return { type, ...generation(pod), status: answer.status, lastProbeTime: null, lastTransitionTime, ...(answer.reason ? { reason: answer.reason } : {}), ...(answer.message ? { message: answer.message } : {}) };
  });
  return [...foreign, ...own];
}

function initialized(slots: readonly Slot[], completed: string | undefined): Answer {
  const incomplete = slots.filter((slot) => (slot.role === 'init' && !isDone(slot)) || (slot.role === 'sidecar' && !slot.started && completed === undefined));
  // Once a main container ran, the init containers were done, whatever a restarted node says.
  if (incomplete.length === 0 || slots.some((slot) => slot.role === 'main' && slot.run)) return completed === 'PodCompleted' ? { status: 'True', reason: completed } : { status: 'True' };
  return { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${incomplete.map((slot) => slot.name).join(' ')}]` };
}

function containersReadiness(slots: readonly Slot[], completed: string | undefined): Answer {
  if (completed) return { status: 'False', reason: completed };
  const unready = slots.filter((slot) => (slot.role === 'main' || slot.role === 'sidecar') && !(isRunning(slot) && slot.ready));
  if (unready.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.map((slot) => slot.name).join(' ')}]` };
}

function readiness(pod: Stored<Pod>, containersReady: Answer): Answer {
  if (containersReady.status !== 'True') return containersReady;
  const problems = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = pod.status?.conditions?.find((one) => one.type === conditionType);
    if (!gate) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return gate.status === 'True' ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  return problems.length === 0 ? { status: 'True' } : { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}
