/**
 * One pod on one node, from the first sight of it to its last: volumes, sandbox, init containers, containers, restarts.
 * Every step ends in `publish`, which writes what changed. How one container is made is in `container-life.ts`, how a pod
 * ends in `pod-end.ts`. Longer than most files because the order of these steps is the story. See pkg/kubelet/pod_workers.go and kuberuntime_manager.go SyncPod.
 */
import type { Disposer } from '../../base/clock.ts';
import { draft, isEqual } from '../../api/deep.ts';
import type { Stored } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { rejection, type Rejection } from './admission.ts';
import { goSeconds } from './back-off.ts';
import { createContainer, RELIST_MS, RESYNC_MS } from './container-life.ts';
import type { KubeletHost } from './host.ts';
import type { Pulled } from './images.ts';
import { endPod, stopContainer } from './pod-end.ts';
import { phaseOf, podStatus } from './pod-status.ts';
import { Sandbox, SandboxError } from './sandbox.ts';
import { endOf, fieldPath, isDone, isRunning, newSlot, rememberStatus, shallRestart, slotsOf, type Slot } from './slot.ts';
import { PodVolumes, VolumeError } from './volumes.ts';

/** What creating a sandbox takes. */
const SANDBOX_MS = 40;

export class PodWorker {
  readonly volumes = new PodVolumes();
  readonly slots: Slot[];
  sandbox: Sandbox | undefined;
  /** Set when the pod is to end. */
  isEnding = false;
  /** The pod of the same name before this one. */
  after: PodWorker | undefined;
  /** Nothing is left to do, the object is gone or final. */
  isGone = false;
  verdict: { readonly phase: 'Failed'; readonly reason: string; readonly message: string } | undefined;
  readonly #startedUnixMs: number;
  #isAdmitted = false;
  #sandboxStep: 'none' | 'making' | 'failed' = 'none';
  #volumeFailures = 0;
  #timer: { atMs: number; cancel: Disposer } | undefined;
  #podIp: string | undefined;
  readonly #tokens = new Map<string, { readonly token: string; readonly untilMs: number }>();

  constructor(
    readonly host: KubeletHost,
    public pod: Stored<Pod>,
  ) {
    this.slots = slotsOf(pod);
    this.#startedUnixMs = Date.parse(pod.status?.startTime ?? '') || host.clock.unixMs();
    if (pod.status?.containerStatuses) this.#remember(pod);
  }

  get id(): string {
    return `${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`;
  }

  get podIp(): string | undefined {
    return this.sandbox?.ip ?? this.#podIp;
  }

  /** A newer version of the object; our own report comes back this way too, and asks for nothing. */
  update(pod: Stored<Pod>): void {
    const before = this.pod;
    this.pod = pod;
    const isSame = isEqual(before.spec, pod.spec) && before.metadata.uid === pod.metadata.uid && before.metadata.deletionTimestamp === pod.metadata.deletionTimestamp;
    if (isSame) {
      if (pod.spec.readinessGates) this.host.clock.schedule(0, () => this.publish());
      return;
    }
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])]) {
      const slot = this.slots.find((one) => one.name === container.name);
      if (!slot) this.slots.push(newSlot(container, 'ephemeral'));
      else {
        // Only the image may change in place: the container is replaced.
        const isNew = slot.container.image !== container.image && isRunning(slot);
        slot.container = container;
        if (isNew) {
          this.event(slot, 'Normal', 'Killing', `Container ${slot.name} definition changed, will be restarted`);
          void stopContainer(this, slot, this.pod.spec.terminationGracePeriodSeconds ?? 30);
        }
      }
    }
    this.later(0);
  }

  /** Look at the pod again, at the latest then. */
  later(delayMs: number): void {
    const atMs = this.host.clock.now() + delayMs;
    if (this.#timer && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    const cancel = this.host.clock.schedule(delayMs, () => {
      this.#timer = undefined;
      this.sync();
    });
    this.#timer = { atMs, cancel };
  }

  /** The node goes down: nothing is said, everything stops. */
  stop(): void {
    this.isGone = true;
    this.#timer?.cancel();
    for (const slot of this.slots) {
      for (const stop of slot.probers.splice(0)) stop();
      slot.run?.machine.stop();
    }
    this.sandbox?.remove();
  }

  sync(): void {
    // Without its kubelet a pod is left alone: containers run on, nobody restarts or reports them.
    if (this.isGone || !this.host.process()) return;
    if (this.after && !this.after.isGone) return this.later(SANDBOX_MS);
    if (this.pod.metadata.deletionTimestamp) return endPod(this);
    const phase = this.verdict?.phase ?? phaseOf(this);
    if (phase === 'Succeeded' || phase === 'Failed') return this.#finish();
    if (!this.#admit() || !this.#mountVolumes() || !this.#makeSandbox()) return this.publish();
    this.#advance();
    this.#watchDeadline();
    this.publish();
  }

  event(slot: Slot | undefined, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.host.record({ object: this.pod, type, reason, message, component: 'kubelet', host: this.host.node.name, ...(slot ? { fieldPath: fieldPath(slot) } : {}) });
  }

  /** Writes the status if it says something new. */
  publish(): void {
    const { registry, clock, node } = this.host;
    if (!this.host.process()) return;
    const current = registry.find('pods', this.pod.metadata.name, this.pod.metadata.namespace) as Stored<Pod> | undefined;
    if (!current || current.metadata.uid !== this.pod.metadata.uid) return;
    const facts = { slots: this.slots, hostIp: node.ip, podIp: this.podIp, hasSandbox: this.sandbox !== undefined, startedUnixMs: this.#startedUnixMs, nowUnixMs: clock.unixMs(), verdict: this.verdict };
    const status = podStatus({ ...facts, pod: current });
    if (current.status?.nominatedNodeName) status.nominatedNodeName = current.status.nominatedNodeName;
    if (isEqual(status, current.status)) return;
    try {
      this.pod = registry.updateStatus('pods', { ...draft<Pod>(current), status } as Pod) as unknown as Stored<Pod>;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.later(RELIST_MS);
    }
  }

  #remember(pod: Stored<Pod>): void {
    const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? []), ...(pod.status?.ephemeralContainerStatuses ?? [])];
    for (const slot of this.slots) rememberStatus(slot, all.find((one) => one.name === slot.name), this.host.clock.unixMs());
    if (this.slots.some((slot) => slot.failedStart) && phaseOf(this) === 'Running') this.event(undefined, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    // The init containers run again in the new sandbox.
    if (phaseOf(this) === 'Running') for (const slot of this.slots) if (slot.role === 'init') slot.failedStart = undefined;
    this.#isAdmitted = true;
  }

  #admit(): boolean {
    if (this.#isAdmitted) return true;
    const rejected: Rejection | undefined = rejection(this.host, this.pod);
    if (rejected) {
      this.verdict = { phase: 'Failed', reason: rejected.reason, message: `Pod was rejected: ${rejected.message}` };
      this.event(undefined, 'Warning', rejected.reason, rejected.message);
      this.isGone = true;
      return false;
    }
    this.#isAdmitted = true;
    return true;
  }

  #mountVolumes(): boolean {
    const { registry, node, machine } = this.host;
    try {
      this.volumes.update({ registry, pod: this.pod, node, nodeFiles: machine.files, podIp: this.podIp, token: (options) => this.#token(options) });
      this.#volumeFailures = 0;
      return true;
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      // What is mounted already stays as it was.
      if (this.slots.some((slot) => slot.run)) return true;
      this.event(undefined, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${error.volume}" : ${error.message}`);
      this.later(Math.min(500 * 2 ** this.#volumeFailures++, 122_000));
      return false;
    }
  }

  /** A token is kept until four fifths of its time have passed, then asked for anew. */
  #token({ audience, expirationSeconds }: { audience?: string | undefined; expirationSeconds: number }): string {
    const { registry, clock } = this.host;
    const known = this.#tokens.get(audience ?? '');
    if (known && known.untilMs > clock.now()) return known.token;
    const namespace = this.pod.metadata.namespace ?? 'default';
    const serviceAccount = this.pod.spec.serviceAccountName ?? 'default';
    const account = registry.find('serviceaccounts', serviceAccount, namespace);
    const boundObject = { kind: 'Pod', apiVersion: 'v1', name: this.pod.metadata.name, uid: this.pod.metadata.uid };
    // Without a key nobody can check a token either: the file is there, as programs expect, and empty.
    const audiences = [audience ?? 'https://kubernetes.default.svc.cluster.local'];
    const token = registry.tokenIssuer?.({ namespace, serviceAccount, uid: account?.metadata.uid ?? '', audiences, expirationSeconds, boundObject }).token ?? '';
    if (token !== '') this.#tokens.set(audience ?? '', { token, untilMs: clock.now() + expirationSeconds * 800 });
    return token;
  }

  #makeSandbox(): boolean {
    if (this.sandbox) return true;
    const { network, clock } = this.host;
    if (!network.ready && !this.pod.spec.hostNetwork) {
      this.event(undefined, 'Warning', 'NetworkNotReady', 'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized');
      this.later(RELIST_MS / 2);
      return false;
    }
    if (this.#sandboxStep === 'making') return false;
    this.#sandboxStep = 'making';
    clock.schedule(SANDBOX_MS, () => {
      this.#sandboxStep = 'none';
      if (this.isGone || this.sandbox || this.pod.metadata.deletionTimestamp) return this.later(0);
      try {
        this.sandbox = new Sandbox(this.host, this.pod, this.volumes);
        this.#podIp = this.sandbox.ip;
        this.sync();
      } catch (error) {
        if (!(error instanceof SandboxError)) throw error;
        this.event(undefined, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: rpc error: code = ${error.code} desc = ${error.message}`);
        this.later(RESYNC_MS);
      }
    });
    return false;
  }

  /** Init containers one after another, then all others; a sidecar holds up the next only until it has started. */
  #advance(): void {
    for (const slot of this.slots) {
      if (slot.role === 'init') {
        if (isDone(slot) || this.slots.some((one) => one.role === 'main' && one.run)) continue;
        this.#ensureRunning(slot);
        return;
      }
      this.#ensureRunning(slot);
      if (slot.role === 'sidecar' && !(isRunning(slot) && slot.started)) return;
      // One at a time: the next container waits until the image of this one is there and it has started.
      if (slot.isBusy) return;
    }
  }

  #ensureRunning(slot: Slot): void {
    const { clock, crashes } = this.host;
    if (slot.isBusy || isRunning(slot)) return;
    const ended = endOf(slot);
    if (ended) {
      if (!shallRestart(slot, this.pod.spec.restartPolicy)) return;
      const key = `${this.pod.metadata.uid}/${slot.name}`;
      const endedMs = clock.now() - (clock.unixMs() - ended.finishedUnixMs);
      const left = crashes.leftMs(key, endedMs, clock.now());
      if (left > 0) return this.#holdBack(slot, goSeconds(crashes.delayMs(key)), left);
      crashes.next(key, clock.now());
    }
    if (slot.notBeforeMs > clock.now()) return this.later(slot.notBeforeMs - clock.now());
    slot.isBusy = true;
    const policy = slot.container.imagePullPolicy ?? 'IfNotPresent';
    this.host.images.ensure(slot.container.image ?? '', policy, (type, reason, message) => this.event(slot, type, reason, message), (result) => this.#onImage(slot, result));
  }

  #holdBack(slot: Slot, delay: string, leftMs: number): void {
    const isNew = slot.waiting?.reason !== 'CrashLoopBackOff';
    slot.waiting = { reason: 'CrashLoopBackOff', message: `back-off ${delay} restarting failed container=${slot.name} pod=${this.id}` };
    if (isNew) this.event(slot, 'Warning', 'BackOff', `Back-off restarting failed container ${slot.name} in pod ${this.id}`);
    this.later(leftMs);
  }

  #onImage(slot: Slot, result: Pulled): void {
    slot.isBusy = false;
    if (this.isGone || this.isEnding || !this.sandbox) return;
    if ('image' in result) return createContainer(this, this.sandbox, slot, result.image);
    slot.waiting = { reason: result.reason, message: result.message };
    this.retry(slot, result.againAfterMs);
  }

  /** The container cannot go on now: say so, and try again then. */
  retry(slot: Slot, delayMs: number): void {
    slot.notBeforeMs = this.host.clock.now() + delayMs;
    // The containers after it go on meanwhile.
    this.later(0);
    this.publish();
  }

  #watchDeadline(): void {
    const { activeDeadlineSeconds } = this.pod.spec;
    if (activeDeadlineSeconds === undefined) return;
    const left = this.#startedUnixMs + activeDeadlineSeconds * 1000 - this.host.clock.unixMs();
    if (left > 0) return this.later(left);
    this.verdict = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    this.event(undefined, 'Normal', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
    this.later(0);
  }

  /** Every container has had its last run: what still runs (sidecars) is stopped, the network is given back. */
  #finish(): void {
    const running = this.slots.filter(isRunning);
    if (running.length > 0) {
      for (const slot of running) if (!slot.run?.isStopping) void stopContainer(this, slot, this.pod.spec.terminationGracePeriodSeconds ?? 30);
      return this.publish();
    }
    this.publish();
    this.sandbox?.remove();
    this.sandbox = undefined;
    this.publish();
  }
}
