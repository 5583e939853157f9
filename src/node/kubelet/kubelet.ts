/**
 * The kubelet: runs the pods that are bound to its node, and says how they do. One worker per pod (`pod-worker.ts`).
 * Knows no HTTP; the API server's streams come in through `containers`. See pkg/kubelet/kubelet.go.
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
import type { Process } from '../../machine/program.ts';
import { serveRuntime } from '../../programs/crictl/runtime.ts';
import { BackOff } from './back-off.ts';
import { kubeletProgram } from './endpoints.ts';
import type { EventRecorder, KubeletHost, PodNetwork } from './host.ts';
import { NodeImages } from './images.ts';
import { NodeReporter, type Registration } from './node-status.ts';
import { abandonPod } from './pod-end.ts';
import { PodWorker } from './pod-worker.ts';
import { NodeRuntime } from './runtime.ts';
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
  readonly dnsServer: Ipv4;
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
}

/** How often the manifests folder is read: fileCheckFrequency is 20 s; inotify makes it faster on a real node too. */
const MANIFEST_CHECK_MS = 1000;
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
  readonly #certificate: string;
  #process: Process | undefined;
  #running: RunningProcess | undefined;

  constructor(options: KubeletOptions) {
    const { machine, nodeName, clock, rng, registry } = options;
    const ip = options.nodeIp ?? machine.netns.addresses('eth0')[0]?.address.address;
    assert(ip, `node ${nodeName} has an address`);
    const allocatable = options.resources ?? {
      cpu: String(machine.cpus),
      'ephemeral-storage': '61255492Ki',
      'hugepages-1Gi': '0',
      'hugepages-2Mi': '0',
      memory: `${Math.floor(machine.memoryBytes / 1024)}Ki`,
      pods: '110',
    };
    this.host = {
      registry,
      clock,
      rng,
      record: options.record,
      machine,
      programs: { get: (name) => options.systemPrograms.get(name) ?? machine.programs.get(name) },
      images: new NodeImages(clock, rng, options.images, options.preloaded ?? isClusterImage),
      network: options.network,
      dnsServer: options.dnsServer,
      node: { name: nodeName, ip, allocatable },
      crashes: new BackOff(10_000, 300_000),
      process: () => this.#process,
    };
    this.#certificate = options.certificate ?? '';
    this.#folder = new ManifestFolder(this.host, (message) => this.#complain(message));
    this.#reporter = new NodeReporter(this.host, { version: 'v1.35.0', ...options.registration });
    serveRuntime(machine, new NodeRuntime(machine, this));
    this.containers = new Containers((namespace, name) => this.#workers.get(`${namespace}/${name}`));
  }

  /** @returns the number of its process */
  start(): number {
    if (this.#running) return this.#running.pid;
    const { machine, registry, clock } = this.host;
    this.#running = machine.start(['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml', `--node-ip=${this.host.node.ip}`], {
      program: kubeletProgram(this.#certificate, (process, stop) => {
        this.#process = process;
        this.#stops.push(stop);
      }, (message) => this.#complain(message)),
    });
    this.#reporter.start();
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
    return this.#running.pid;
  }

  /** Containers go on running without their kubelet, as on a real node; nobody restarts or reports them. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#reporter.stop();
    this.#running?.kill('SIGTERM');
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
    const unit = this.host.machine.units.get('kubelet');
    if (unit) this.host.machine.units.log(unit, `E ${message}`);
  }

  #refreshVolumes(): void {
    for (const worker of this.#workers.values()) if (!worker.isGone && worker.pod.spec.volumes?.length) worker.later(0);
  }
}

export type { EventRecorder, KubeletHost, PodNetwork } from './host.ts';
