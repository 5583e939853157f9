/** What crictl prints of one thing: ages, sizes, and the JSON of `inspect`. See cri-tools' cmd/crictl and docker's go-units. */
import type { ContainerRuntime, PodSandbox, RuntimeContainer } from './runtime.ts';

/** `About a minute ago`, `3 hours ago`: units.HumanDuration. */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (seconds < 1) return 'Less than a second ago';
  if (seconds === 1) return '1 second ago';
  if (seconds < 60) return `${seconds} seconds ago`;
  if (minutes === 1) return 'About a minute ago';
  if (minutes < 60) return `${minutes} minutes ago`;
  if (hours === 1) return 'About an hour ago';
  if (hours < 48) return `${hours} hours ago`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days ago`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks ago`;
  return `${Math.floor(hours / 24 / 30)} months ago`;
}

/** `28.1MB`: three digits, powers of a thousand. */
export function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))}${units[power]}`;
}

export function containerInspection(one: RuntimeContainer): { readonly status: object; readonly info: object } {
  return {
    status: {
      id: one.id,
      metadata: { attempt: one.attempt, name: one.name },
      state: one.state,
      createdAt: nano(one.createdUnixMs),
      startedAt: nano(one.startedUnixMs),
      finishedAt: one.finishedUnixMs === undefined ? '0001-01-01T00:00:00Z' : nano(one.finishedUnixMs),
      exitCode: one.exitCode ?? 0,
      image: { annotations: {}, image: one.image, runtimeHandler: '', userSpecifiedImage: '' },
      imageRef: one.imageId,
      reason: one.reason ?? '',
      message: '',
      labels: labelsOf(one.sandbox, one.name),
      annotations: { 'io.kubernetes.container.restartCount': String(one.attempt) },
      logPath: `/var/log/pods/${one.sandbox.namespace}_${one.sandbox.name}_${one.sandbox.uid}/${one.name}/${one.attempt}.log`,
    },
    info: {
      sandboxID: one.sandbox.id,
      pid: one.pid ?? 0,
      removing: false,
      runtimeType: 'io.containerd.runc.v2',
      config: { metadata: { name: one.name, attempt: one.attempt }, image: { image: one.imageId }, envs: [...one.env].map(([key, value]) => ({ key, value })) },
      runtimeSpec: { ociVersion: '1.2.1', process: { args: one.args, cwd: one.cwd }, hostname: one.sandbox.name },
    },
  };
}

export function sandboxInspection(one: PodSandbox): { readonly status: object; readonly info: object } {
  return {
    status: {
      id: one.id,
      metadata: { attempt: one.attempt, name: one.name, namespace: one.namespace, uid: one.uid },
      state: one.state,
      createdAt: nano(one.createdUnixMs),
      network: { additionalIps: [], ip: one.ip },
      linux: { namespaces: { options: { ipc: 'POD', network: one.netns === undefined ? 'NODE' : 'POD', pid: 'CONTAINER', targetId: '' } } },
      labels: labelsOf(one),
      annotations: one.annotations,
      runtimeHandler: '',
    },
    info: {
      pid: one.pid,
      image: 'registry.k8s.io/pause:3.10.1',
      runtimeSpec: { linux: { namespaces: [{ type: 'network', ...(one.netns === undefined ? {} : { path: one.netns }) }] } },
    },
  };
}

export function infoOf(runtime: ContainerRuntime): object {
  return {
    status: { conditions: [{ message: '', reason: '', status: true, type: 'RuntimeReady' }, { message: '', reason: '', status: true, type: 'NetworkReady' }] },
    config: { containerdEndpoint: '/run/containerd/containerd.sock', rootDir: '/var/lib/containerd/io.containerd.grpc.v1.cri', stateDir: '/run/containerd/io.containerd.grpc.v1.cri' },
    golang: 'go1.25.5',
    lastCNILoadStatus: 'OK',
    runtimeVersion: runtime.version,
  };
}

function labelsOf(one: PodSandbox, container?: string): Readonly<Record<string, string>> {
  const own = { 'io.kubernetes.pod.name': one.name, 'io.kubernetes.pod.namespace': one.namespace, 'io.kubernetes.pod.uid': one.uid };
  return container === undefined ? { ...one.labels, ...own } : { 'io.kubernetes.container.name': container, ...own };
}

/** Nine digits after the second, as Go prints a time in nanoseconds. */
function nano(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z');
}
