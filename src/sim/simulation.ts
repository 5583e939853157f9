/**
 * A whole cluster in one object: machines on a network, an API, controllers, kubelets. Boots, settles, is saved and
 * restored. Knows no HTTP, no screen, no lab. Just over 250 lines, since assembling is one story.
 */
import { parseCidr, printCidr } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { EventClock, type Disposer } from '../base/clock.ts';
import { seededRng, type Rng } from '../base/rng.ts';
import type { Json, KubeObject, Stored } from '../api/object.ts';
import { Store } from '../api/store.ts';
import type { MakeController } from '../controllers/controller.ts';
import { controllers, scheduler } from '../controllers/index.ts';

import { ControllerRunner } from '../controllers/runner.ts';
import { Registry } from '../kinds/registry.ts';
import type { Schema } from '../kinds/schema.ts';
import type { FileSystem } from '../machine/files.ts';
import { createLan, type Lan } from '../net/device/lan.ts';
import { World } from '../net/world.ts';
import { ApiDoor } from '../node/api-door.ts';
import { adoptBlocks } from '../node/cni/calico/datastore.ts';
import { CalicoIpam } from '../node/cni/calico/ipam.ts';
import { SimulatedContainers } from './containers.ts';
import { PlainMachines } from './machines.ts';
import { makeUnderlay, nodeFiles } from './node-machine.ts';
import type { SavedNode } from './saved-node.ts';
import { startNode, type SimNode } from './sim-node.ts';
import { calicoManifests } from './system/calico.ts';
import { apiEndpoints, clusterManifests, localPathManifests } from './system/control-plane.ts';
import { corednsManifests } from './system/coredns.ts';
import { flannelManifests } from './system/flannel.ts';
import { kubeProxyManifests } from './system/kube-proxy.ts';
import type { Manifest } from './system/manifest.ts';
import { trace, type Trace, type TraceWish } from './trace.ts';
import { planNodes, POD_CIDR, SERVICE_CIDR, type NodePlan, type TopologyOptions } from './topology.ts';

export interface SimulationOptions extends TopologyOptions {
  readonly seed: number;
  /** The present, as Unix milliseconds: boot happens in the minute before it. */
  readonly unixMs: number;
  /** What `snapshot` gave: the same objects, on machines with the same files, units, routes and rules. */
  readonly snapshot?: Json;
  /** Where revisions begin, for a world that takes another one's place: its clients must not see a number twice. */
  readonly firstRevision?: number;
  readonly schema?: Schema;
  /** The cluster's certificate authority, PEM: pods get it as `ca.crt`. Absent in tests that need no TLS. */
  readonly authority?: string;
  /** The API server's certificate, PEM: what clients inside the network are shown. */
  readonly serverCertificate?: string;
  /** Keys, certificates and kubeconfigs that kubeadm puts on a node, by path; absent in tests that need none. */
  readonly credentials?: (plan: NodePlan) => Readonly<Record<string, string>>;
  /** Told of the registry before the first machine starts: to sign service account tokens, for instance. */
  readonly prepare?: (registry: Registry, clock: EventClock) => void;
  /** Lets everything that waits on a promise go on; programs are asynchronous, the core is not. */
  readonly idle: () => Promise<void>;
}

/** Boot takes about ten seconds of the cluster's own time; half a minute leaves room and gives every object a plausible age. */
const BOOT_WINDOW_MS = 30_000;
/** How far the clock goes at a time while programs wait on promises. */
const SLICE_MS = 20;

interface Saved {
  readonly version: 1;
  readonly store: Json;
  /** By name; what was saved before there was this part has none. */
  readonly nodes?: Readonly<Record<string, SavedNode>>;
}

export class Simulation {
  readonly clock: EventClock;
  readonly rng: Rng;
  readonly world: World;
  readonly registry: Registry;
  readonly nodes: ReadonlyMap<string, SimNode>;
  readonly containers: SimulatedContainers;
  readonly lan: Lan;
  /** Where connections from inside to the API server go. */
  readonly door = new ApiDoor();
  /** Beside the cluster, for what is learned without Kubernetes. */
  readonly machines: PlainMachines;
  readonly #plans: readonly NodePlan[];
  readonly #idle: () => Promise<void>;

  /** Boots until every node is Ready and every system pod runs. @throws Error when that does not happen: a bug */
  static async boot(options: SimulationOptions): Promise<Simulation> {
    const simulation = new Simulation(options);
    await simulation.#bootUntilReady();
    return simulation;
  }

  private constructor(readonly options: SimulationOptions) {
    this.clock = new EventClock(options.unixMs - BOOT_WINDOW_MS);
    this.rng = seededRng(options.seed);
    this.#idle = options.idle;
    this.world = new World({ clock: this.clock, rng: this.rng });
    const saved = readSaved(options.snapshot);
    const store = saved ? Store.restore(saved.store) : new Store(options.firstRevision);
    this.registry = new Registry({ store, clock: this.clock, rng: this.rng, serviceCidr: SERVICE_CIDR, ...(options.schema ? { schema: options.schema } : {}) });
    options.prepare?.(this.registry, this.clock);
    this.#plans = saved ? this.#savedPlans() : planNodes(options, this.rng);
    this.lan = createLan(this.world, 'br-kind');
    makeUnderlay(this.lan);
    if (!saved) this.#createObjects(clusterManifests(options, options.authority ?? ''));
    this.nodes = this.#startNodes(saved?.nodes);
    if (!saved) this.#createObjects(addons(options, this.#plans));
    this.machines = new PlainMachines({ world: this.world, clock: this.clock, rng: this.rng });
    this.containers = new SimulatedContainers(this.registry, this.nodes, this.machines);
  }

  /** Let time pass and everything that is due happen: what a test calls instead of waiting. */
  async settle(forMs = 0): Promise<void> {
    const end = this.clock.now() + forMs;
    await this.#idle();
    while (this.clock.now() < end) await this.#advance(end);
    this.clock.advanceTo(this.clock.now());
    await this.#idle();
  }

  /** Let time pass until `holds`, at most `limitMs` of it. @returns whether it came to hold */
  async settleUntil(holds: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.clock.now() + limitMs;
    await this.#idle();
    while (!holds()) {
      if (this.clock.now() >= end) return false;
      await this.#advance(end);
    }
    return true;
  }

  /** One slice of time; where nothing is due, as far as nothing is. */
  async #advance(end: number): Promise<void> {
    this.clock.advanceTo(Math.min(end, Math.max(this.clock.now() + SLICE_MS, this.clock.nextDue() ?? end)));
    await this.#idle();
  }

  /** Send one packet and tell its way: `cka trace`. @throws TraceRefusal */
  trace(wish: TraceWish): Promise<Trace> {
    return trace(this, wish);
  }

  /** Everything that survives the end of this process: what etcd holds, and what was done on the nodes. */
  snapshot(): Json {
    const nodes = Object.fromEntries([...this.nodes].map(([name, node]) => [name, node.save()]));
    const saved: Saved = { version: 1, store: this.registry.store.snapshot(), nodes };
    return saved as unknown as Json;
  }

  /** Did a command run on a node since this was last asked? A new snapshot may differ then, though no object has changed. */
  takeNodeUse(): boolean {
    return this.containers.takeNodeUse();
  }

  /** Whether every node is Ready and no system pod is still on its way. */
  isReady(): boolean {
    const nodes = this.registry.list('nodes').items as readonly Stored<NodeLike>[];
    if (nodes.length < this.#plans.length || !nodes.every(isNodeReady)) return false;
    const systemPods = ['kube-system', 'kube-flannel', 'local-path-storage'].flatMap((namespace) => this.registry.list('pods', { namespace }).items) as readonly Stored<PodLike>[];
    return systemPods.length >= 6 + 2 * nodes.length && systemPods.every((pod) => pod.metadata.deletionTimestamp === undefined && pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'));
  }

  async #bootUntilReady(): Promise<void> {
    const ready = await this.settleUntil(() => this.isReady(), BOOT_WINDOW_MS - 1000);
    // A restored cluster may hold pods that never become ready; machines that are up are enough then.
    assert(ready || this.options.snapshot !== undefined, `the cluster did not become ready: ${this.#unready().join(', ')}`);
    await this.settle(BOOT_WINDOW_MS - this.clock.now());
  }

  #unready(): readonly string[] {
    const pods = this.registry.list('pods').items as readonly Stored<PodLike>[];
    const nodes = this.registry.list('nodes').items as readonly Stored<NodeLike>[];
    return [
      ...nodes.filter((node) => !isNodeReady(node)).map((node) => `node ${node.metadata.name} ${JSON.stringify(node.status?.conditions)}`),
      ...pods.filter((pod) => !pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')).map((pod) => `pod ${pod.metadata.name} (${pod.status?.phase}) ${JSON.stringify(pod.status?.containerStatuses ?? pod.status?.conditions)}`),
    ];
  }

  #createObjects(manifests: readonly Manifest[]): void {
    for (const manifest of manifests) {
      const [group, version] = manifest.apiVersion.includes('/') ? (manifest.apiVersion.split('/') as [string, string]) : ['', manifest.apiVersion];
      const kind = this.registry.kinds.find((one) => one.kind === manifest.kind && one.group === group && one.version === version);
      assert(kind, `no kind ${manifest.kind} in ${manifest.apiVersion}`);
      this.registry.create(kind, structuredClone(manifest) as KubeObject, manifest.metadata.namespace === undefined ? {} : { namespace: manifest.metadata.namespace });
    }
  }

  /** Nodes keep their names and addresses over a restart: they stand in their objects. */
  #savedPlans(): readonly NodePlan[] {
    return (this.registry.list('nodes').items as readonly Stored<NodeLike>[]).flatMap((node) => {
      const address = parseCidr(node.status?.addresses?.find((one) => one.type === 'InternalIP')?.address ?? '')?.address;
      if (!address) return [];
      const role = node.metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 'worker' : 'control-plane';
      return [{ name: node.metadata.name, role, address }];
    });
  }

  #startNodes(saved: Saved['nodes'] = {}): ReadonlyMap<string, SimNode> {
    const ipam = new CalicoIpam(POD_CIDR);
    adoptBlocks(this.registry, ipam);
    const image: FileSystem = nodeFiles();
    const run = (makers: readonly MakeController[]): Disposer => {
      const runner = new ControllerRunner(this.registry, this.clock, this.rng, makers);
      runner.start();
      return () => runner.stop();
    };
    const nodes = new Map<string, SimNode>();
    const apiServer = controlPlaneOf(this.#plans);
    for (const plan of this.#plans) {
      nodes.set(plan.name, startNode({
        plan, image, ipam, apiServer,
        credentials: this.options.credentials,
        ...(saved[plan.name] ? { saved: saved[plan.name]! } : {}),
        topology: this.options,
        world: this.world, lan: this.lan, clock: this.clock, rng: this.rng, registry: this.registry,
        door: this.door,
        certificates: { authority: this.options.authority ?? '', server: this.options.serverCertificate ?? '' },
        runControllers: () => run(controllers),
        runScheduler: () => run([scheduler]),
      }));
    }
    return nodes;
  }
}

function addons(options: TopologyOptions, plans: readonly NodePlan[]): readonly Manifest[] {
  return [
    ...apiEndpoints(controlPlaneOf(plans)),
    ...kubeProxyManifests(options),
    ...corednsManifests(),
    ...localPathManifests(),
    ...(options.cni === 'calico' ? calicoManifests(options.encapsulation) : flannelManifests(options.encapsulation)),
  ];
}

function controlPlaneOf(plans: readonly NodePlan[]): NodePlan {
  const controlPlane = plans.find((plan) => plan.role === 'control-plane');
  assert(controlPlane, 'a cluster has a control plane');
  return controlPlane;
}

interface NodeLike extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[]; readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
}

interface PodLike extends KubeObject {
  readonly status?: { readonly phase?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[]; readonly containerStatuses?: unknown };
}

function isNodeReady(node: Stored<NodeLike>): boolean {
  return node.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
}

function readSaved(snapshot: Json | undefined): Saved | undefined {
  if (snapshot === undefined) return undefined;
  const saved = snapshot as unknown as Saved;
  assert(saved.version === 1, 'a snapshot of this version');
  return saved;
}

/** For messages and the kubeconfig: what the cluster is made of. */
export function describe(options: TopologyOptions): string {
  return `${options.workers + 1} nodes, ${options.cni}, kube-proxy in ${options.proxyMode} mode, pods in ${printCidr(POD_CIDR)}`;
}
