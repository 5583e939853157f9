/**
 * A pod's sandbox: the network namespace that its containers share, the pause process that holds it, the files that
 * the kubelet manages. See pkg/kubelet/kuberuntime/kuberuntime_sandbox.go and containerd's CRI plugin.
 */
import type { Ipv4 } from '../../base/address.ts';
import type { Stored } from '../../api/object.ts';
import { uuid } from '../../base/rng.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { FileSystem } from '../../machine/files.ts';
import { Machine } from '../../machine/machine.ts';
import type { Task } from '../../machine/processes.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import { expand } from './expand.ts';
import { hexId, type KubeletHost } from './host.ts';
import { etcHosts, podHostname, resolvConf } from './network-files.ts';
import { VolumeError, type PodVolumes } from './volumes.ts';

/** `failed to setup network for sandbox "…": …` */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';

  constructor(
    message: string,
    /** Of gRPC. */
    readonly code = 'Unknown',
  ) {
    super(message);
  }
}

export class Sandbox {
  readonly id: string;
  readonly netns: NetNamespace;
  readonly ip: Ipv4;
  /** hosts, hostname, resolv.conf: one copy, mounted into every container. */
  readonly files = new FileSystem();
  /** What the pause process runs in, where the containers of the pod share its processes. */
  readonly machine: Machine | undefined;
  readonly #pause: Task;
  readonly #name: string | undefined;
  #removed = false;

  /** @throws SandboxError */
  constructor(
    private readonly host: KubeletHost,
    readonly pod: Stored<Pod>,
    private readonly volumes: PodVolumes,
  ) {
    const { machine, network, node, configuration, rng } = host;
    this.id = hexId(rng);
    if (!host.isRuntimeUp()) throw new SandboxError('connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"', 'Unavailable');
    if (pod.spec.hostNetwork) {
      this.netns = machine.netns;
      this.ip = node.ip as Ipv4;
    } else {
      this.#name = `cni-${uuid(rng)}`;
      this.netns = machine.netns.world.createNamespace(this.#name);
      this.netns.devices.setUp('lo', true);
      try {
        this.ip = network.attach(reference(pod, this.id), this.netns).ip;
      } catch (error) {
        machine.netns.world.destroyNamespace(this.netns);
        if (!(error instanceof Error) || error.name !== 'CniError') throw error;
        throw new SandboxError(`failed to setup network for sandbox "${this.id}": ${error.message}`);
      }
      machine.namespaces.set(this.#name, this.netns);
    }
    if (pod.spec.shareProcessNamespace) this.machine = new Machine({ hostname: podHostname(pod), files: new FileSystem(), netns: this.netns, clock: host.clock, rng, programs: host.programs, host: machine });
    this.#pause = (this.machine ?? machine).register(['/pause']);
    const read = (path: string) => (machine.files.exists(path) ? machine.files.read(path) : '');
    this.files.write('/hosts', etcHosts(pod, this.ip, read('/etc/hosts'), configuration.clusterDomain));
    this.files.write('/hostname', `${pod.spec.hostNetwork ? machine.hostname : podHostname(pod)}\n`);
    this.files.write('/resolv.conf', resolvConf(pod, configuration, read(configuration.resolvConf)));
  }

  /** The file that stands for the network namespace; absent for pods on the host's network. */
  get netnsPath(): string | undefined {
    return this.#name === undefined ? undefined : `/var/run/netns/${this.#name}`;
  }

  /** Of the pause container, as the node numbers it. */
  get pid(): number {
    return this.host.machine.processes.pidOf(this.#pause) ?? 0;
  }

  /** Puts the pod's volumes and the managed files where the container wants them. @throws VolumeError */
  mountInto(files: FileSystem, container: Stored<Container>, env: ReadonlyMap<string, string>): void {
    const mounts = container.volumeMounts ?? [];
    for (const [path, root] of [['/etc/hosts', '/hosts'], ['/etc/hostname', '/hostname'], ['/etc/resolv.conf', '/resolv.conf']] as const) {
      if (!mounts.some((mount) => mount.mountPath === path)) files.mount(path, this.files, { root, type: 'ext4' });
    }
    const message = new FileSystem();
    message.write('/termination-log', '', { mode: 0o666 });
    files.mount(container.terminationMessagePath ?? '/dev/termination-log', message, { root: '/termination-log', type: 'ext4' });
    for (const mount of mounts) {
      const volume = this.volumes.get(mount.name);
      if (!volume) throw new VolumeError(mount.name, `volume ${mount.name} is not mounted`);
      const sub = mount.subPathExpr ? expand(mount.subPathExpr, env) : (mount.subPath ?? '');
      const root = sub === '' ? volume.root : `${volume.root === '/' ? '' : volume.root}/${sub}`;
      // A subPath that is not there yet becomes a directory, as the kubelet makes it.
      if (sub !== '' && !volume.files.exists(root)) volume.files.mkdir(root, { recursive: true });
      // A subPath of a ConfigMap or Secret is what it was when the container started: only whole volumes are kept up to date.
      const source = sub !== '' && volume.written !== undefined ? volume.files.clone() : volume.files;
      files.mount(mount.mountPath.replace(/(.)\/$/, '$1'), source, { root, readonly: mount.readOnly ?? false, type: volume.type });
    }
  }

  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#pause.end({ code: 0 });
    if (this.#name === undefined) return;
    this.host.network.detach(reference(this.pod, this.id));
    this.host.machine.namespaces.delete(this.#name);
    this.host.machine.netns.world.destroyNamespace(this.netns);
  }
}

function reference(pod: Stored<Pod>, id: string) {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')];
  const ports = containers.flatMap((container) => container.ports ?? []).flatMap(({ hostPort, containerPort, protocol = 'TCP', hostIP }) => (hostPort ? [{ hostPort, containerPort, protocol, hostIP }] : []));
  return { namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name, uid: pod.metadata.uid ?? '', mapped: { id, ports } };
}
