/**
 * The node as its kubelet reports it: registration, conditions, addresses, images, and the lease that says "I am alive".
 * See pkg/kubelet/nodestatus/setters.go and component-helpers/apimachinery/lease.
 */
import type { Disposer } from '../../base/clock.ts';
import { draft, isEqual } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import { microTimestamp, timestamp } from '../../api/time.ts';
import { uuid } from '../../base/rng.ts';
import type { KubeletHost } from './host.ts';

const HEARTBEAT_MS = 10_000;
/** The whole status is sent this often even when nothing changed. */
const REPORT_MS = 300_000;
/** How soon a change of the runtime (the CNI came up) is noticed while the node is not ready. */
const RUNTIME_CHECK_MS = 100;
const LEASES = 'kube-node-lease';
const LEASE_SECONDS = 40;

/** How long the runtime may be silent before its node counts as not ready. */
const RUNTIME_SILENCE_MS = 30_000;

const NETWORK_NOT_READY =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

export interface Registration {
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute' }[];
  readonly providerId?: string;
  readonly version: string;
}

interface Condition {
  type: string;
  status: string;
  lastHeartbeatTime: string;
  lastTransitionTime: string;
  reason: string;
  message: string;
}

interface Node extends KubeObject {
  spec?: { taints?: unknown[]; providerID?: string; podCIDR?: string };
  status?: { conditions?: Condition[]; [field: string]: unknown };
}

interface Lease extends KubeObject {
  spec: { holderIdentity: string; leaseDurationSeconds: number; renewTime: string };
}

export class NodeReporter {
  readonly #stops: Disposer[] = [];
  readonly #ids: { machineID: string; systemUUID: string; bootID: string };
  #reportedMs = Number.NEGATIVE_INFINITY;
  #wasReady: boolean | undefined;
  #runtimeSeenMs = 0;

  constructor(
    private readonly host: KubeletHost,
    private readonly registration: Registration,
  ) {
    const { rng } = host;
    this.#ids = { machineID: rng.text(32, '0123456789abcdef'), systemUUID: uuid(rng), bootID: uuid(rng) };
  }

  start(): void {
    this.#runtimeSeenMs = this.host.clock.now();
    this.#register();
    for (const [reason, message] of [['Starting', 'Starting kubelet.'], ['NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods']] as const) this.#event(reason, message);
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) this.#event(reason, `Node ${this.host.node.name} status is now: ${reason}`);
    this.#beat();
    this.#watchRuntime();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #every(delayMs: number, run: () => void): void {
    const index = this.#stops.length;
    const again = () => {
      this.#stops[index] = this.host.clock.schedule(delayMs, () => {
        run();
        if (this.#stops.length > 0) again();
      });
    };
    again();
  }

  #beat(): void {
    this.#renew();
    this.report();
    this.#every(HEARTBEAT_MS, () => {
      this.#renew();
      if (this.host.clock.now() - this.#reportedMs >= REPORT_MS) this.report();
    });
  }

  #watchRuntime(): void {
    let wait: Disposer | undefined;
    const look = () => {
      if (this.host.isRuntimeUp()) this.#runtimeSeenMs = this.host.clock.now();
      if ((this.#trouble() === undefined) !== this.#wasReady) this.report();
      // A ready network is looked at less often: losing it is rare.
      wait = this.host.clock.schedule(this.#wasReady ? 5000 : RUNTIME_CHECK_MS, look);
    };
    look();
    this.#stops.push(() => wait?.());
  }

  #register(): void {
    const { registry, node } = this.host;
    const labels = {
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': node.name,
      'kubernetes.io/os': 'linux',
      ...this.registration.labels,
    };
    if (registry.find('nodes', node.name)) return;
    const { taints = [], providerId } = this.registration;
    const object: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: node.name, labels, annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
      spec: { ...(providerId === undefined ? {} : { providerID: providerId }), ...(taints.length > 0 ? { taints: [...taints] } : {}) },
    };
    registry.create('nodes', object);
  }

  /** Sends the status as it is now. */
  report(): void {
    const { registry, clock } = this.host;
    const current = registry.find('nodes', this.host.node.name) as Stored<Node> | undefined;
    if (!current) return;
    const trouble = this.#trouble();
    const isReady = trouble === undefined;
    const next = draft<Node>(current);
    next.status = { ...next.status, ...this.#facts(), conditions: this.#conditions(next.status?.conditions ?? [], trouble) };
    this.#reportedMs = clock.now();
    if (!isEqual(next.status, current.status)) this.#try(() => registry.updateStatus('nodes', next));
    if (isReady !== this.#wasReady && (isReady || this.#wasReady !== undefined)) {
      this.#event(isReady ? 'NodeReady' : 'NodeNotReady', `Node ${this.host.node.name} status is now: ${isReady ? 'NodeReady' : 'NodeNotReady'}`);
    }
    this.#wasReady = isReady;
  }

  /** Why the node is not ready, in the words of its condition. */
  #trouble(): string | undefined {
    if (this.host.clock.now() - this.#runtimeSeenMs >= RUNTIME_SILENCE_MS) return 'container runtime is down';
    return this.host.network.ready ? undefined : NETWORK_NOT_READY;
  }

  #conditions(before: readonly Condition[], trouble: string | undefined): Condition[] {
    const now = timestamp(this.host.clock.unixMs());
    const make = (type: string, status: string, reason: string, message: string): Condition => {
      const current = before.find((one) => one.type === type);
      return { type, status, lastHeartbeatTime: now, lastTransitionTime: current?.status === status ? current.lastTransitionTime : now, reason, message };
    };
    const ours = [
      make('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      make('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      make('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      trouble === undefined ? make('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status') : make('Ready', 'False', 'KubeletNotReady', trouble),
    ];
    // NetworkUnavailable is the CNI's to say.
    return [...before.filter((one) => !ours.some((own) => own.type === one.type)), ...ours];
  }

  #facts(): Record<string, unknown> {
    const { node, machine, images } = this.host;
    return {
      capacity: { ...node.capacity },
      allocatable: { ...node.allocatable },
      addresses: [{ type: 'InternalIP', address: node.ip }, { type: 'Hostname', address: node.name }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        ...this.#ids,
        kernelVersion: machine.kernelRelease,
        osImage: 'Debian GNU/Linux 13 (trixie)',
        containerRuntimeVersion: 'containerd://2.3.1',
        kubeletVersion: this.registration.version,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      images: images.list().map((image) => ({ names: [image.imageId, image.name], sizeBytes: image.recipe.sizeBytes })),
    };
  }

  #renew(): void {
    const { registry, clock, node } = this.host;
    const spec = { holderIdentity: node.name, leaseDurationSeconds: LEASE_SECONDS, renewTime: microTimestamp(clock.unixMs()) };
    this.#try(() => {
      const current = registry.find('leases.coordination.k8s.io', node.name, LEASES) as Stored<Lease> | undefined;
      if (current) return registry.update('leases.coordination.k8s.io', { ...draft<Lease>(current), spec } as Lease);
      const owner = registry.find('nodes', node.name);
      const ownerReferences = owner ? [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: owner.metadata.uid ?? '' }] : [];
      const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: node.name, namespace: LEASES, ownerReferences }, spec };
      return registry.create('leases.coordination.k8s.io', lease, { namespace: LEASES });
    });
  }

  /** A refused report is tried again with the next one. */
  #try(write: () => unknown): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #event(reason: string, message: string): void {
    const { registry, node, record } = this.host;
    // Events about nodes carry the node's name where others carry a uid.
    const object = registry.find('nodes', node.name);
    if (object) record({ object: { ...object, metadata: { ...object.metadata, uid: node.name } }, type: 'Normal', reason, message, component: 'kubelet', host: node.name });
  }
}
