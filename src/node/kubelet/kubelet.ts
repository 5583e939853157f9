/**
 * The kubelet: runs the pods that are bound to its node, and says how they do. One worker per pod (`pod-worker.ts`).
 * Knows no HTTP; the API server's streams come in through `containers`. See pkg/kubelet/kubelet.go.
 * Over 250 lines, because how it starts, stops and finds its pods again are one state.
 */
import type { Ipv4 } from '../../base/address.ts';
import type { Clock, Disposer } from '../../base/clock.ts';
import type { Rng } from '../../base/rng.ts';
import { assert } from '../../base/assert.ts';
import type { Stored } from '../../api/object.ts';
import type { findImage } from '../../images/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { Registry } from '../../kinds/registry.ts';
import type { Machine, ProgramTable, RunningProcess } from '../../machine/machine.ts';
import type { ExitStatus, Process } from '../../machine/program.ts';
import { serveRuntime } from '../../programs/crictl/runtime.ts';
import { klogLine, type KlogLevel } from '../klog.ts';
import { BackOff } from './back-off.ts';
import { LaunchError } from './configuration.ts';
import { kubeletProgram } from './endpoints.ts';
import type { EventRecorder, KubeletHost, PodNetwork } from './host.ts';
import { NodeImages } from './images.ts';
import { type ApiAccess, type Launch, PLAIN_LAUNCH } from './launch.ts';
import { allocatableOf, capacityOf } from './node-resources.ts';
import { NodeReporter, type Registration } from './node-status.ts';
import { abandonPod } from './pod-end.ts';
import { PodWorker } from './pod-worker.ts';
import { isRuntimeUp, NodeRuntime } from './runtime.ts';
import { ensureMirror, isMirror, ManifestFolder, mirrorHash, removeMirror, type Manifest } from './static-pods.ts';
import { Containers } from './streams.ts';

export interface KubeletOptions {
  readonly nodeName: string;
  /** The node's. */
  readonly machine: Machine;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly record: EventRecorder;
  readonly images: typeof findImage;
  readonly network: PodNetwork;
  /** Programs of the cluster's components: kube-proxy, coredns, calico-node … */
  readonly systemPrograms: ProgramTable;
  /** The node's address; the first one of eth0 when absent. */
  readonly nodeIp?: Ipv4;
  readonly registration?: Partial<Registration>;
  /** Allocatable and capacity; from the machine when absent. */
  readonly resources?: Readonly<Record<string, string>>;
  /** Images that need no pull; those of the cluster itself when absent. */
  readonly preloaded?: (imageName: string) => boolean;
  /** What it presents to who asks it over the network: PEM. */
  readonly certificate?: string;
  /** Reads the node's files whenever the kubelet starts; without it, nothing on the node says how to run. @throws LaunchError */
  readonly launch?: () => Launch;
  /** Its process ended, and nobody had asked for it. */
  readonly onExit?: (exit: ExitStatus) => void;
}

/** How often the manifests folder is read: fileCheckFrequency is 20 s; inotify makes it faster on a real node too. */
const MANIFEST_CHECK_MS = 1000;
/** How often it asks for its lease while the API server cannot be reached. */
const LEASE_RETRY_MS = 7000;
/** How long until a changed ConfigMap is seen in a volume. Up to a minute on a real node; here at most this. */
const VOLUME_CHECK_MS = 10_000;

/** What kind's node image carries. */
const isClusterImage = (name: string) => /^(registry\.k8s\.io|docker\.io\/kindest|docker\.io\/calico|quay\.io\/calico|docker\.io\/flannel|ghcr\.io\/flannel-io)\//.test(name);

export class Kubelet {
  readonly containers: Containers;
  readonly host: KubeletHost;
  readonly #workers = new Map<string, PodWorker>();
  readonly #reporter: NodeReporter;
  readonly #stops: Disposer[] = [];
  /** By path of the manifest. */
  readonly #static = new Map<string, Manifest>();
  /** Workers of removed manifests, until another takes the name. */
  readonly #leaving = new Map<string, PodWorker>();
  readonly #folder: ManifestFolder;
  readonly #options: KubeletOptions;
  readonly #version: string;
  #launch: Launch = PLAIN_LAUNCH;
  #process: Process | undefined;
  #running: RunningProcess | undefined;

  constructor(options: KubeletOptions) {
    const { machine, nodeName, clock, rng, registry } = options;
    const ip = options.nodeIp ?? machine.netns.addresses('eth0')[0]?.address.address;
    assert(ip, `node ${nodeName} has an address`);
    const capacity = (): Readonly<Record<string, string>> => options.resources ?? capacityOf(machine, this.#launch.configuration);
    const allocatable = (): Readonly<Record<string, string>> => allocatableOf(capacity(), this.#launch.configuration);
    const configuration = () => this.#launch.configuration;
    this.#options = options;
    this.host = {
      get configuration() {
        return configuration();
      },
      registry,
      clock,
      rng,
      record: options.record,
      machine,
      programs: { get: (name) => options.systemPrograms.get(name) ?? machine.programs.get(name) },
      images: new NodeImages(clock, rng, options.images, options.preloaded ?? isClusterImage),
      network: options.network,
      isRuntimeUp: () => isRuntimeUp(machine),
      node: {
        name: nodeName,
        ip,
        get capacity() {
          return capacity();
        },
        get allocatable() {
          return allocatable();
        },
      },
      crashes: new BackOff(10_000, 300_000),
      process: () => this.#process,
    };
    this.#folder = new ManifestFolder(this.host, (message) => this.#complain(message));
    this.#reporter = new NodeReporter(this.host, { version: 'v1.35.0', ...options.registration });
    this.#version = options.registration?.version ?? 'v1.35.0';
    serveRuntime(machine, new NodeRuntime(machine, this));
    this.containers = new Containers((namespace, name) => this.#workers.get(`${namespace}/${name}`));
  }

  /** @returns the number of its process, which ends at once where the node's files are wrong */
  start(): number {
    if (this.#running) return this.#running.pid;
    const { machine } = this.host;
    let refusal: string | undefined;
    try {
      this.#launch = this.#options.launch?.() ?? PLAIN_LAUNCH;
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error;
      refusal = error.message;
    }
    const { argv, configuration } = this.#launch;
    const running = machine.start(argv, {
      program: refusal === undefined
        ? kubeletProgram({ certificate: this.#options.certificate ?? '', ...configuration }, (process, stop) => {
            this.#process = process;
            this.#stops.push(stop);
          }, (message) => this.#complain(message))
        : { name: 'kubelet', run: () => 1 },
    });
    this.#running = running;
    void running.exited.then((exit) => {
      if (this.#running !== running) return;
      this.#letGo();
      this.#options.onExit?.(exit);
    });
    if (refusal === undefined) this.#work();
    else this.#say('E', 'run.go:72', `"command failed" err=${JSON.stringify(refusal)}`, running.pid);
    return running.pid;
  }

  #work(): void {
    const { registry, clock, node } = this.host;
    const { access, configuration } = this.#launch;
    this.#say('I', 'server.go:525', `"Kubelet version" kubeletVersion="${this.#version}"`);
    if (configuration.staticPodPath !== '') this.#say('I', 'kubelet.go:457', `"Adding static pod path" path="${configuration.staticPodPath}"`);
    if (access?.failure !== undefined) return this.#workAlone(access);
    this.#reporter.start();
    this.#say('I', 'kubelet_node_status.go:78', `"Successfully registered node" node="${node.name}"`);
    this.#readManifests();
    const { items, resourceVersion } = registry.list('pods');
    for (const item of items) this.#see('ADDED', item as unknown as Stored<Pod>);
    // After a restart of the kubelet alone: what happened meanwhile, and what was deleted meanwhile.
    for (const [key, worker] of this.#workers) {
      if (items.some((item) => item.metadata.uid === worker.pod.metadata.uid)) worker.later(0);
      else this.#see('DELETED', worker.pod);
      if (worker.isGone) this.#workers.delete(key);
    }
    const stop = registry.watch('pods', { resourceVersion }, (event) => {
      if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') this.#see(event.type, event.object as unknown as Stored<Pod>);
    });
    this.#stops.push(stop, this.#every(clock, MANIFEST_CHECK_MS, () => this.#readManifests()), this.#every(clock, VOLUME_CHECK_MS, () => this.#refreshVolumes()));
  }

  /** A kubelet that cannot reach its API server runs, and says so: its node will be NotReady, its containers go on. */
  #workAlone({ server, failure }: ApiAccess): void {
    const { clock, node } = this.host;
    this.#say('E', 'kubelet_node_status.go:107', `"Unable to register node with API server" err=${JSON.stringify(`Post "${server}/api/v1/nodes": ${failure}`)} node="${node.name}"`);
    const lease = () => this.#say('E', 'controller.go:145', `"Failed to ensure lease exists, will retry" err=${JSON.stringify(`Get "${server}/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node.name}?timeout=10s": ${failure}`)} interval="7s"`);
    lease();
    this.#stops.push(this.#every(clock, LEASE_RETRY_MS, lease));
  }

  /** Containers go on running without their kubelet, as on a real node; nobody restarts or reports them. */
  stop(): void {
    const running = this.#running;
    this.#letGo();
    running?.kill('SIGTERM');
  }

  #letGo(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#reporter.stop();
    this.#running = undefined;
    this.#process = undefined;
  }

  /** The node itself goes down, and everything on it. */
  powerOff(): void {
    this.stop();
    for (const worker of this.#workers.values()) worker.stop();
    this.#workers.clear();
  }

  /** For `crictl` and the like. */
  get pods(): readonly PodWorker[] {
    return [...this.#workers.values()];
  }

  get images(): NodeImages {
    return this.host.images;
  }

  #every(clock: Clock, periodMs: number, run: () => void): Disposer {
    let cancel: Disposer = () => undefined;
    const again = () => {
      cancel = clock.schedule(periodMs, () => {
        run();
        again();
      });
    };
    again();
    return () => cancel();
  }

  #see(type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: Stored<Pod>): void {
    if (pod.spec.nodeName !== this.host.node.name) return;
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const worker = this.#workers.get(key);
    if (type === 'DELETED') {
      if (!worker || worker.pod.metadata.uid !== pod.metadata.uid) return;
      if (isMirror(pod) && this.#isStillWanted(pod)) return this.#mirrorAgain(worker);
      this.#workers.delete(key);
      // Deleted by us at the end of its life, or by force in the middle of it.
      if (worker.isGone) return;
      this.#leaving.set(key, worker);
      abandonPod(worker);
      return;
    }
    if (pod.metadata.deletionTimestamp && isMirror(pod) && this.#isStillWanted(pod)) {
      // A mirror needs no grace: nothing ends with it.
      this.host.clock.schedule(0, () => removeMirror(this.host, pod));
      return;
    }
    if (worker && worker.pod.metadata.uid === pod.metadata.uid) {
      if (worker.pod.metadata.resourceVersion !== pod.metadata.resourceVersion) worker.update(pod);
      return;
    }
    if (worker && mirrorHash(worker.pod) !== undefined && mirrorHash(worker.pod) === mirrorHash(pod)) return worker.update(pod);
    if (worker && !worker.isGone && !worker.isEnding) abandonPod(worker);
    const fresh = new PodWorker(this.host, pod);
    // Ports and names are free only when the pod of the same name before it has ended.
    fresh.after = worker ?? this.#leaving.get(key);
    this.#workers.set(key, fresh);
    fresh.later(0);
  }

  #isStillWanted(pod: Stored<Pod>): boolean {
    return [...this.#static.values()].some((manifest) => manifest.pod.metadata.name === pod.metadata.name && (manifest.pod.metadata.namespace ?? 'default') === pod.metadata.namespace);
  }

  /** Deleting a mirror deletes a picture: the pod runs on, and gets another picture. */
  #mirrorAgain(worker: PodWorker): void {
    const manifest = [...this.#static.values()].find((one) => one.pod.metadata.name === worker.pod.metadata.name);
    // The watch brings the new mirror to the old worker.
    this.host.clock.schedule(0, () => manifest && ensureMirror(this.host, manifest));
  }

  #readManifests(): void {
    const found = this.#folder.manifests();
    const paths = new Set(found.map((one) => one.path));
    for (const [path, manifest] of this.#static) {
      const now = found.find((one) => one.path === path);
      if (paths.has(path) && now?.hash === manifest.hash) continue;
      this.#static.delete(path);
      const { namespace = 'default', name } = manifest.pod.metadata;
      const worker = this.#workers.get(`${namespace}/${name}`);
      if (worker) {
        this.#workers.delete(`${namespace}/${name}`);
        this.#leaving.set(`${namespace}/${name}`, worker);
        abandonPod(worker, worker.pod.spec.terminationGracePeriodSeconds ?? 30);
        removeMirror(this.host, worker.pod);
      }
    }
    for (const manifest of found) {
      if (this.#static.has(manifest.path)) continue;
      this.#static.set(manifest.path, manifest);
      // The watch brings it to its worker, as every pod.
      if (!ensureMirror(this.host, manifest)) this.#static.delete(manifest.path);
    }
  }

  #complain(message: string): void {
    this.#say('E', 'kubelet.go:1', message);
  }

  /** A line of its log, which systemd keeps. */
  #say(level: KlogLevel, source: string, message: string, pid = this.#running?.pid ?? 0): void {
    const { units } = this.host.machine;
    const unit = units.get('kubelet');
    if (unit) units.log(unit, klogLine(this.host.clock.unixMs(), pid, level, source, message), 'kubelet', pid);
  }

  #refreshVolumes(): void {
    for (const worker of this.#workers.values()) if (!worker.isGone && worker.pod.spec.volumes?.length) worker.later(0);
  }
}

export type { EventRecorder, KubeletHost, PodNetwork } from './host.ts';
