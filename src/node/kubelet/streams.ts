/**
 * What the API server asks of a kubelet about a running container: exec, attach, logs, port-forward.
 * Refusals are in the kubelet's words. See pkg/kubelet/server/server.go, kubelet_pods.go and containerd's CRI streaming.
 */
import { LOCALHOST } from '../../base/address.ts';
import { utf8Encode } from '../../base/bytes.ts';
import { ApiError, badRequest, internal, notFound } from '../../api/status.ts';
import type { Machine } from '../../machine/machine.ts';
import { StartError } from '../../machine/machine.ts';
import type { Input, Output } from '../../machine/program.ts';
import { outputTo } from '../../machine/streams.ts';
import { openPts } from '../../machine/pts.ts';
import { PseudoTerminal } from '../../machine/terminal.ts';
import { NetError, strerror } from '../../net/errors.ts';
import { execWords, type ContainerRun } from './container-run.ts';
import type { LogOptions } from './log.ts';
import type { PodWorker } from './pod-worker.ts';
import { endOf, type Slot } from './slot.ts';

export interface StreamIo {
  readonly tty: boolean;
  readonly stdin?: { read(): Promise<string | undefined>; unread(bytes: string): void };
  readonly stdout: { write(bytes: string): Promise<void> };
  readonly stderr: { write(bytes: string): Promise<void> };
  readonly columns?: number;
  readonly rows?: number;
  onResize?(listener: (columns: number, rows: number) => void): void;
  readonly signal: AbortSignal;
}

export interface Target {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
}

export interface ExecOutcome {
  readonly exitCode: number;
}

/** One forwarded connection, from the client's side. */
export interface DuplexBytes {
  read(): Promise<string | undefined>;
  write(bytes: string): Promise<void>;
  end(): void;
  readonly signal: AbortSignal;
}

export class Containers {
  constructor(private readonly workerOf: (namespace: string, pod: string) => PodWorker | undefined) {}

  /** @throws ApiError before anything runs */
  async exec(target: Target, command: readonly string[], io: StreamIo): Promise<ExecOutcome> {
    const run = await this.#running(target);
    return execIn(run.machine, command, io, { env: run.env, cwd: run.cwd, ...(run.user === undefined ? {} : { user: run.user }) });
  }

  async attach(target: Target, io: StreamIo): Promise<ExecOutcome> {
    const run = await this.#running(target);
    const listener = { stdout: io.stdout as Output, stderr: io.stderr as Output };
    run.listeners.add(listener);
    if (run.terminal) {
      if (io.columns && io.rows) run.terminal.resize(io.columns, io.rows);
      io.onResize?.((columns, rows) => run.terminal?.resize(columns, rows));
    }
    void pump(io.stdin, (bytes) => (run.terminal ? run.terminal.feed(bytes) : run.stdin?.output.write(bytes))).then(() => {
      // `stdinOnce`: the first one who attaches and leaves closes it for good.
      if (run.container.stdinOnce) run.stdin?.output.close();
    });
    try {
      return await new Promise<ExecOutcome>((resolve) => {
        const look = () => {
          if (!run.ended) return;
          stop();
          // The runtime's attach ends well however the container ended: its exit code stands in the pod's status.
          resolve({ exitCode: 0 });
        };
        const stop = run.log.onChange(() => void Promise.resolve().then(look));
        io.signal.addEventListener('abort', () => resolve({ exitCode: 0 }), { once: true });
        look();
      });
    } finally {
      run.listeners.delete(listener);
    }
  }

  async log(target: Target, options: LogOptions & { readonly previous?: boolean }, write: (bytes: string) => Promise<void> | void, signal: AbortSignal): Promise<void> {
    const slot = this.#slot(target);
    const name = slot.name;
    // While a container waits for its next run, the last one is both its log and its previous log.
    const isBetween = slot.waiting !== undefined && endOf(slot) !== undefined;
    const run = options.previous && !isBetween ? slot.previous?.run : slot.run;
    if (options.previous && !run) throw badRequest(`previous terminated container "${name}" in pod "${target.pod}" not found`);
    if (!run || (!run.isRunning && !endOf(slot))) throw badRequest(waitingWords(slot, target.pod));
    await run.log.read(options, run.machine.clock.unixMs(), write, signal);
  }

  async portForward(target: Target, port: number, data: DuplexBytes): Promise<void> {
    const worker = this.#worker(target);
    const { sandbox } = worker;
    if (!sandbox) throw badRequest(`unable to forward port because pod is not running. Current status=${worker.pod.status?.phase ?? 'Pending'}`);
    let connection;
    try {
      connection = await sandbox.netns.sockets.connectTcp({ destination: LOCALHOST, port });
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const dial = `dial tcp4 127.0.0.1:${port}: connect: ${strerror(error.code).toLowerCase()}`;
      throw new Error(`failed to execute portforward in network namespace "/var/run/netns/${sandbox.netns.label}": failed to connect to localhost:${port} inside namespace "${sandbox.id}", IPv4: ${dial} IPv6 dial tcp6: address localhost: no suitable address found `);
    }
    const { write, end, reset } = { write: connection.write.bind(connection), end: connection.end.bind(connection), reset: connection.reset.bind(connection) };
    data.signal.addEventListener('abort', reset, { once: true });
    const towards = pump({ read: () => data.read() }, write).then(end, reset);
    try {
      for (let bytes = await connection.read(); bytes !== undefined; bytes = await connection.read()) await data.write(bytes);
    } finally {
      data.end();
      data.signal.removeEventListener('abort', reset);
    }
    void towards;
  }

  #worker({ namespace, pod }: Target): PodWorker {
    const worker = this.workerOf(namespace, pod);
    if (!worker) throw notFound({ group: '', plural: 'pods' }, pod);
    return worker;
  }

  #slot(target: Target): Slot {
    const worker = this.#worker(target);
    const { slots, pod } = worker;
    const name = target.container ?? pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? slots.find((slot) => slot.role === 'main')?.name;
    const slot = slots.find((one) => one.name === name);
    if (!slot) throw badRequest(`container ${name} is not valid for pod ${target.pod}`);
    return slot;
  }

  async #running(target: Target): Promise<ContainerRun> {
    const { run, name } = this.#slot(target);
    if (run?.isRunning) return run;
    await this.#worker(target).host.clock.sleep(REFUSAL_MS);
    throw new ApiError(404, 'NotFound', `unable to upgrade connection: container not found ("${name}")`);
  }
}

/**
 * What goes wrong in the runtime is known a moment later, when the streams are open: it arrives there and not as an
 * answer to the request, and kubectl words it accordingly (`error: …`).
 */
const REFUSAL_MS = 10;

/** Runs a command on a machine with somebody's terminal or pipes; a container's or a node's. */
export async function execIn(machine: Machine, command: readonly string[], io: StreamIo, options: { env: ReadonlyMap<string, string>; cwd?: string; user?: string }): Promise<ExecOutcome> {
  const pts = io.tty ? openPts(machine) : undefined;
  const terminal = pts ? new PseudoTerminal({ name: pts.name, ...(io.columns ? { columns: io.columns } : {}), ...(io.rows ? { rows: io.rows } : {}) }) : undefined;
  terminal?.onOutput((bytes) => io.stdout.write(bytes));
  io.onResize?.((columns, rows) => terminal?.resize(columns, rows));
  const env = io.tty ? new Map([...options.env, ['TERM', 'xterm']]) : options.env;
  const streams: { stdin?: Input; stdout: Output; stderr: Output } = terminal
    ? { stdin: terminal.stdin, stdout: terminal.stdout, stderr: terminal.stdout }
    : { ...(io.stdin ? { stdin: io.stdin as Input } : {}), stdout: outputTo((bytes) => io.stdout.write(bytes)), stderr: outputTo((bytes) => io.stderr.write(bytes)) };
  let running;
  try {
    running = machine.start(command.map(utf8Encode), { ...options, env, ...streams, ...(terminal ? { terminal: terminal.terminal } : {}) });
  } catch (error) {
    pts?.close();
    if (!(error instanceof StartError)) throw error;
    await machine.clock.sleep(REFUSAL_MS);
    throw internal(`Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${machine.rng.text(64, '0123456789abcdef')}": OCI runtime exec failed: exec failed: unable to start container process: ${execWords(error)}`);
  }
  const onAbort = () => (terminal ? terminal.hangup() : running.kill('SIGHUP'));
  io.signal.addEventListener('abort', onAbort, { once: true });
  if (terminal) void pump(io.stdin, (bytes) => terminal.feed(bytes));
  const { code } = await running.exited;
  pts?.close();
  io.signal.removeEventListener('abort', onAbort);
  return { exitCode: code };
}

async function pump(from: { read(): Promise<string | undefined> } | undefined, take: (bytes: string) => unknown): Promise<void> {
  if (!from) return;
  try {
    for (let bytes = await from.read(); bytes !== undefined; bytes = await from.read()) await take(bytes);
  } catch {
    // The client has gone, or the reader of the pipe: either way there is nothing more to carry.
  }
}

function waitingWords(slot: Slot, pod: string): string {
  const reason = slot.waiting?.reason;
  const isImage = reason !== undefined && ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'].includes(reason);
  if (isImage) return `container "${slot.name}" in pod "${pod}" is waiting to start: ${reason === 'ImagePullBackOff' || reason === 'ErrImagePull' ? 'trying and failing to pull image' : reason === 'InvalidImageName' ? 'InvalidImageName' : 'image pull policy is Never'}`;
  return `container "${slot.name}" in pod "${pod}" is waiting to start: ${reason ?? (slot.role === 'main' ? 'ContainerCreating' : 'PodInitializing')}`;
}
