/**
 * One run of a container: its files, its process, what it wrote, how it ended. Made anew for every restart.
 * See pkg/kubelet/kuberuntime/kuberuntime_container.go, and runc for the words of a start that fails.
 * Differs from Kubernetes: limits of processor time are counted and slow nothing down, and seccomp and fsGroup change nothing.
 */
import type { Stored } from '../../api/object.ts';
import { milliValue } from '../../api/quantity.ts';
import { utf8Encode } from '../../base/bytes.ts';
import { unpack, imageEnv, type FoundImage } from '../../images/index.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { ALL_CAPABILITIES, changedCapabilities } from '../../machine/capabilities.ts';
import { Machine, StartError, type RunningProcess, DEFAULT_PATH } from '../../machine/machine.ts';
import type { Input, Output, SignalName } from '../../machine/program.ts';
import { outputTo, pipe, type Pipe } from '../../machine/streams.ts';
import { openPts } from '../../machine/pts.ts';
import { PseudoTerminal } from '../../machine/terminal.ts';
import { ConfigError, containerEnv } from './environment.ts';
import { expand } from './expand.ts';
import { hexId, type KubeletHost } from './host.ts';
import { ContainerLog } from './log.ts';
import { podHostname } from './network-files.ts';
import type { Sandbox } from './sandbox.ts';

export interface Ended {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedUnixMs: number;
  readonly finishedUnixMs: number;
}

export class ContainerRun {
  readonly id: string;
  readonly log = new ContainerLog();
  readonly machine: Machine;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly user: string | undefined;
  readonly terminal: PseudoTerminal | undefined;
  readonly stdin: Pipe | undefined;
  startedUnixMs = 0;
  ended: Ended | undefined;
  /** Told to stop: what happens now is no crash. */
  isStopping = false;
  /** Somebody attached hears what is written, from then on. */
  readonly listeners = new Set<{ readonly stdout: Output; readonly stderr: Output }>();
  #process: RunningProcess | undefined;
  readonly #argv: readonly string[];

  /** @throws ConfigError when the pod asks for what does not exist */
  constructor(
    private readonly host: KubeletHost,
    readonly pod: Stored<Pod>,
    readonly container: Stored<Container>,
    readonly image: FoundImage,
    readonly sandbox: Sandbox,
    /** Whose processes an ephemeral container wants to see. */
    target?: Machine,
  ) {
    const own = containerEnv(host.registry, pod, container, host.node, sandbox.ip);
    const { recipe } = image;
    this.id = hexId(host.rng);
    const security = { ...pod.spec.securityContext, ...container.securityContext } as { runAsUser?: number; runAsGroup?: number; runAsNonRoot?: boolean; readOnlyRootFilesystem?: boolean; privileged?: boolean; capabilities?: { add?: string[]; drop?: string[] } };
    this.user = security.runAsUser === undefined ? recipe.user : `${security.runAsUser}${security.runAsGroup === undefined ? '' : `:${security.runAsGroup}`}`;
    const identity = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
    if (security.runAsNonRoot && (this.user === undefined || /^(0|root)(:|$)/.test(this.user))) {
      throw new ConfigError(`container has runAsNonRoot and image will run as root (pod: "${identity}", container: ${container.name})`);
    }
    const files = unpack(image);
    const processesOf = pod.spec.hostPID ? host.machine : (sandbox.machine ?? target);
    this.machine = new Machine({
      hostname: pod.spec.hostNetwork ? host.machine.hostname : podHostname(pod),
      files,
      netns: sandbox.netns,
      clock: host.clock,
      rng: host.rng,
      programs: host.programs,
      host: host.machine,
      memoryLimit: limitOf(container, 'memory'),
      ...(processesOf ? { processesOf } : {}),
      capabilities: security.privileged ? ALL_CAPABILITIES : changedCapabilities(security.capabilities?.add ?? [], security.capabilities?.drop ?? []),
    });
    this.env = environment(this.machine.hostname, imageEnv(image), own, container.tty === true);
    this.cwd = container.workingDir ?? recipe.workdir ?? '/';
    if (!files.exists(this.cwd)) files.mkdir(this.cwd, { recursive: true });
    sandbox.mountInto(files, container, own);
    if (security.readOnlyRootFilesystem) files.setReadonly(true);
    const command = container.command?.map((part) => utf8Encode(expand(part, own)));
    const args = container.args?.map((part) => utf8Encode(expand(part, own)));
    this.#argv = command && command.length > 0 ? [...command, ...(args ?? [])] : [...(recipe.entrypoint ?? []), ...(args && args.length > 0 ? args : (recipe.cmd ?? []))];
    if (container.tty) this.terminal = new PseudoTerminal({ name: openPts(this.machine).name });
    if (container.stdin && !container.tty) this.stdin = pipe();
  }

  /** @throws StartFailure in the words of containerd and runc */
  start(onEnd: () => void): void {
    this.startedUnixMs = this.host.clock.unixMs();
    const write = (stream: 'stdout' | 'stderr') => outputTo((bytes) => this.#heard(stream, bytes));
    let input: Input | undefined = this.stdin?.input;
    let stdout = write('stdout');
    let stderr = write('stderr');
    if (this.terminal) {
      this.terminal.onOutput((bytes) => this.#heard('stdout', bytes));
      input = this.terminal.stdin;
      stdout = this.terminal.stdout;
      stderr = this.terminal.stdout;
    }
    try {
      this.#process = this.machine.start(this.#argv, {
        env: this.env,
        cwd: this.cwd,
        stdout,
        stderr,
        ...(input === undefined ? {} : { stdin: input }),
        ...(this.terminal ? { terminal: this.terminal.terminal } : {}),
        ...(this.user === undefined ? {} : { user: this.user }),
      });
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.machine.stop();
      throw new StartFailure(`failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${execWords(error)}`);
    }
    void this.#process.exited.then(({ code }) => {
      this.machine.stop();
      this.log.close();
      const message = this.#terminationMessage(code);
      this.ended = { exitCode: code, reason: this.machine.memory.exceeded ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error', startedUnixMs: this.startedUnixMs, finishedUnixMs: this.host.clock.unixMs(), ...(message ? { message } : {}) };
      onEnd();
    });
  }

  /** As the node numbers it. */
  get pid(): number | undefined {
    return this.#process && this.host.machine.processes.pidOf(this.#process.task);
  }

  get argv(): readonly string[] {
    return this.#argv;
  }

  /** Resolves when it has ended. */
  get exited(): Promise<unknown> {
    return this.#process?.exited ?? Promise.resolve();
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.ended === undefined;
  }

  signal(name: SignalName): void {
    if (this.isRunning) this.#process?.kill(name);
  }

  get stopSignal(): SignalName {
    return (this.container.lifecycle?.stopSignal as SignalName | undefined) ?? this.image.recipe.stopSignal ?? 'SIGTERM';
  }

  #heard(stream: 'stdout' | 'stderr', bytes: string): void | Promise<void> {
    this.log.append(stream, bytes, this.host.clock.unixMs());
    const writes = [...this.listeners].map((one) => one[stream].write(bytes).catch(() => undefined));
    if (writes.length > 0) return Promise.all(writes).then(() => undefined);
  }

  #terminationMessage(code: number): string {
    const path = this.container.terminationMessagePath ?? '/dev/termination-log';
    const text = this.machine.files.exists(path) ? this.machine.files.read(path).slice(0, 4096) : '';
    return text === '' && code !== 0 && this.container.terminationMessagePolicy === 'FallbackToLogsOnError' ? this.log.tail() : text;
  }
}

/** In whole units; undefined without a limit. */
function limitOf(container: Stored<Container>, name: string): number | undefined {
  const limit = container.resources?.limits?.[name];
  return limit === undefined ? undefined : milliValue(String(limit)) / 1000;
}

/** `state.waiting` RunContainerError, and how the run ended: StartError. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** What runc says of a command that cannot be started. */
export function execWords(error: StartError): string {
  const { command, code, searched } = error;
  if (code === 'ENOENT') return searched ? `exec: "${command}": executable file not found in $PATH: unknown` : `exec: "${command}": stat ${command}: no such file or directory: unknown`;
  if (code === 'ENOEXEC') return `exec ${command}: exec format error: unknown`;
  return `exec: "${command}": ${error.message}: unknown`;
}

/** In the order in which a real container's `env` prints it. */
function environment(hostname: string, image: Readonly<Record<string, string>>, own: ReadonlyMap<string, string>, tty: boolean): Map<string, string> {
  const env = new Map([['PATH', image['PATH'] ?? DEFAULT_PATH], ['HOSTNAME', hostname]]);
  if (tty) env.set('TERM', 'xterm');
  for (const [name, value] of [...Object.entries(image), ...own]) env.set(name, utf8Encode(value));
  if (!env.has('HOME')) env.set('HOME', '/root');
  return env;
}

