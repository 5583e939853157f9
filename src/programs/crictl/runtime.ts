/**
 * What a container runtime answers on its socket, as much of the CRI as crictl asks for. Knows no pods of Kubernetes
 * beyond the names that sandboxes carry. Whoever runs containers on a machine serves one; see cri-api's api.proto.
 */
import type { Input, Output, Terminal } from '../../machine/program.ts';
import type { Machine } from '../../machine/machine.ts';

export interface PodSandbox {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  readonly createdUnixMs: number;
  readonly state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ip: string;
  /** The network namespace's file; absent for those that use the host's. */
  readonly netns?: string | undefined;
  readonly pid: number;
}

export interface RuntimeContainer {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly sandbox: PodSandbox;
  /** As the pod names it, and the identifier that stands for it. */
  readonly image: string;
  readonly imageId: string;
  readonly createdUnixMs: number;
  readonly startedUnixMs: number;
  readonly finishedUnixMs?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  readonly state: 'CONTAINER_RUNNING' | 'CONTAINER_EXITED';
  readonly pid?: number | undefined;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
}

export interface RuntimeImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
}

export interface LogWish {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number | undefined;
}

export interface ExecStreams {
  readonly stdin?: Input | undefined;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly terminal?: Terminal | undefined;
}

export interface ContainerRuntime {
  readonly name: string;
  readonly version: string;
  /** Whether anybody listens on the socket. */
  isUp(): boolean;
  sandboxes(): readonly PodSandbox[];
  containers(): readonly RuntimeContainer[];
  images(): readonly RuntimeImage[];
  /** @returns the image's id @throws Error in the words of gRPC */
  pull(reference: string): Promise<string>;
  /** @param tag of an image that is there */
  remove(tag: string): void;
  logs(id: string, wish: LogWish, write: (bytes: string) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** @returns the exit code @throws StartError */
  exec(id: string, argv: readonly string[], streams: ExecStreams): Promise<number>;
  stop(id: string, timeoutSeconds: number): Promise<void>;
}

/** Where it listens. */
export const RUNTIME_SOCKET = 'unix:///run/containerd/containerd.sock';

const served = new WeakMap<Machine, ContainerRuntime>();

/** From now on crictl on this machine reaches it. */
export function serveRuntime(machine: Machine, runtime: ContainerRuntime): void {
  served.set(machine, runtime);
}

/** The machine's runtime, when one is up. */
export function runtimeOf(machine: Machine): ContainerRuntime | undefined {
  // A container that sees its node's processes reaches its node's socket, once it has its node's files.
  const runtime = served.get(machine) ?? (machine.host && machine.host.pidNamespace === machine.pidNamespace ? served.get(machine.host) : undefined);
  return runtime?.isUp() ? runtime : undefined;
}
