/**
 * The container runtime's side of a node, as crictl sees it: the kubelet's workers, read as sandboxes and containers.
 * Knows no command line. See containerd's CRI plugin.
 */
import type { ContainerRuntime, ExecStreams, LogWish, PodSandbox, RuntimeContainer, RuntimeImage } from '../../programs/crictl/runtime.ts';
import type { Machine } from '../../machine/machine.ts';
import type { ContainerRun } from './container-run.ts';
import type { NodeImages } from './images.ts';
import { stopContainer } from './pod-end.ts';
import type { PodWorker } from './pod-worker.ts';
import type { Slot } from './slot.ts';

export class NodeRuntime implements ContainerRuntime {
  readonly name = 'containerd';
  readonly version = '2.3.1';

  constructor(
    private readonly machine: Machine,
    private readonly node: { readonly pods: readonly PodWorker[]; readonly images: NodeImages },
  ) {}

  isUp(): boolean {
    return isRuntimeUp(this.machine);
  }

  sandboxes(): readonly PodSandbox[] {
    return this.node.pods.flatMap((worker) => sandboxOf(worker) ?? []);
  }

  containers(): readonly RuntimeContainer[] {
    return this.#runs().map(({ run, slot, attempt, sandbox }) => ({
      id: run.id,
      name: slot.name,
      attempt,
      sandbox,
      image: run.image.name,
      imageId: run.image.digest,
      createdUnixMs: run.startedUnixMs,
      startedUnixMs: run.startedUnixMs,
      finishedUnixMs: run.ended?.finishedUnixMs,
      exitCode: run.ended?.exitCode,
      reason: run.ended?.reason,
      state: run.isRunning ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
      pid: run.pid,
      args: run.argv,
      env: run.env,
      cwd: run.cwd,
    }));
  }

  images(): readonly RuntimeImage[] {
    return this.node.images.list().map(({ name, recipe, digest }) => ({ id: digest, tags: [name], sizeBytes: recipe.sizeBytes }));
  }

  async pull(reference: string): Promise<string> {
    return (await this.node.images.pull(reference)).digest;
  }

  remove(tag: string): void {
    this.node.images.remove(tag);
  }

  async logs(id: string, wish: LogWish, write: (bytes: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    await this.#run(id).run.log.read(wish, this.machine.clock.unixMs(), write, signal);
  }

  async exec(id: string, argv: readonly string[], streams: ExecStreams): Promise<number> {
    const { run } = this.#run(id);
    const { stdin, stdout, stderr, terminal } = streams;
    const running = run.machine.start(argv, { env: run.env, cwd: run.cwd, stdout, stderr, ...(run.user === undefined ? {} : { user: run.user }), ...(stdin ? { stdin } : {}), ...(terminal ? { terminal } : {}) });
    return (await running.exited).code;
  }

  async stop(id: string, timeoutSeconds: number): Promise<void> {
    const { worker, slot, run } = this.#run(id);
    if (!run.isRunning) return;
    await stopContainer(worker, slot, timeoutSeconds);
    await run.exited;
  }

  #run(id: string) {
    return this.#runs().find(({ run }) => run.id === id)!;
  }

  /** Every run that is still kept: the present one of each container, and the one before it. */
  #runs(): readonly { readonly worker: PodWorker; readonly slot: Slot; readonly run: ContainerRun; readonly attempt: number; readonly sandbox: PodSandbox }[] {
    return this.node.pods.flatMap((worker) => {
      const sandbox = sandboxOf(worker);
      if (!sandbox) return [];
      return worker.slots.flatMap((slot) => [
        ...(slot.run ? [{ worker, slot, run: slot.run, attempt: slot.restarts, sandbox }] : []),
        ...(slot.previous?.run && slot.previous.run !== slot.run ? [{ worker, slot, run: slot.previous.run, attempt: Math.max(0, slot.restarts - 1), sandbox }] : []),
      ]);
    });
  }
}

/** A machine without the unit has its runtime otherwise. */
export function isRuntimeUp(machine: Machine): boolean {
  return (machine.units.get('containerd')?.state ?? 'active') === 'active';
}

function sandboxOf(worker: PodWorker): PodSandbox | undefined {
  const { sandbox, pod } = worker;
  if (!sandbox) return undefined;
  const { name, namespace = 'default', uid, labels, annotations } = pod.metadata;
  return {
    id: sandbox.id,
    name, namespace, uid: uid ?? '',
    attempt: 0,
    createdUnixMs: Date.parse(pod.status?.startTime ?? '') || worker.host.clock.unixMs(),
    state: worker.isEnding ? 'SANDBOX_NOTREADY' : 'SANDBOX_READY',
    labels: labels ?? {},
    annotations: annotations ?? {},
    ip: pod.spec.hostNetwork ? '' : sandbox.ip,
    netns: sandbox.netnsPath,
    pid: sandbox.pid,
  };
}
