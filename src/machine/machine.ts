/**
 * A Linux box, or a container seen from inside: files, processes, one or more network namespaces, units. Starts
 * programs and ends them. Knows nothing of Kubernetes, nor of how it was created. Over 250 lines because a machine and
 * the process that a program sees are one idea from two sides.
 */
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { NetNamespace } from '../net/namespace.ts';
import { ALL_CAPABILITIES, CONTAINER_CAPABILITIES, type Capability } from './capabilities.ts';
import { boundInput, boundOutput, release, retain, turns, unbound } from './bound-streams.ts';
import { deviceFiles } from './device-files.ts';
import { DEFAULT_PATH, type ProgramTable, StartError, findExecutable } from './executable.ts';
import type { FileSystem } from './files.ts';
import { Memory, OutOfMemory } from './memory.ts';
import { procFiles } from './proc-files.ts';
import { ProcessTable, Task, type User } from './processes.ts';
import { BrokenPipe, type Child, Exit, type ExitStatus, type Input, Killed, type Output, type Process, type Program, type SignalName, type SpawnOptions, type Terminal } from './program.ts';
import { nullInput, nullOutput } from './streams.ts';
import { sysFiles } from './sys-files.ts';
import { forgetUnused } from './unshare.ts';
import { Units } from './units.ts';
import { userOf } from './users.ts';

export { DEFAULT_PATH, type ProgramTable, StartError, programFile } from './executable.ts';

export interface MachineOptions {
  readonly hostname: string;
  readonly files: FileSystem;
  readonly netns: NetNamespace;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly programs: ProgramTable;
  /** The node of a container: its `ps` shows our processes. */
  readonly host?: Machine;
  readonly kernelRelease?: string;
  readonly modules?: Set<string>;
  /** Memory in bytes and processors, as `free` and `nproc` see them. */
  readonly memoryBytes?: number;
  readonly cpus?: number;
  /** What its root may; everything on a node, what a runtime leaves to it in a container. */
  readonly capabilities?: ReadonlySet<Capability>;
  /** How much of the machine's memory its processes may take together: a container's limit. */
  readonly memoryLimit?: number | undefined;
  /** Whose PID namespace it is in: another container's of its pod, or its node's; one of its own when absent. */
  readonly processesOf?: Machine;
  /** A new PID namespace only: the files stay as they are, without a /proc of their own until somebody mounts one. */
  readonly filesAsTheyAre?: boolean;
}

export interface StartOptions {
  readonly env?: ReadonlyMap<string, string> | Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: Input;
  readonly stdout?: Output;
  readonly stderr?: Output;
  readonly terminal?: Terminal | undefined;
  /** A user of /etc/passwd by name or number, or numbers; root when absent. */
  readonly user?: User | string;
  readonly parent?: Task;
  readonly netns?: NetNamespace;
  readonly files?: FileSystem;
  readonly hostname?: string;
  /** A host name that is not the machine's: a UTS namespace. */
  readonly uts?: { hostname: string } | undefined;
  readonly program?: Program;
  readonly newGroup?: boolean;
}

export interface RunningProcess {
  readonly pid: number;
  readonly task: Task;
  readonly exited: Promise<ExitStatus>;
  /** From outside the machine: the first process of a container dies of SIGKILL only, or as it handles the signal. */
  kill(signal: SignalName): void;
}

export class Machine {
  hostname: string;
  readonly files: FileSystem;
  readonly netns: NetNamespace;
  /** Named network namespaces, as `ip netns` keeps them. */
  readonly namespaces = new Map<string, NetNamespace>();
  readonly processes: ProcessTable;
  /** The same for all machines that see each other's processes. */
  readonly pidNamespace: object;
  readonly units: Units;
  readonly modules: Set<string>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly host: Machine | undefined;
  readonly programs: ProgramTable;
  readonly capabilities: ReadonlySet<Capability>;
  readonly kernelRelease: string;
  readonly memoryBytes: number;
  readonly memory: Memory;
  readonly cpus: number;
  /** The clock's time when the kernel booted; a container shows its node's. */
  readonly bootedAtMs: number;

  constructor(options: MachineOptions) {
    const { host } = options;
    this.hostname = options.hostname;
    this.files = options.files;
    this.netns = options.netns;
    this.clock = options.clock;
    this.rng = options.rng;
    this.programs = options.programs;
    this.host = host;
    this.capabilities = options.capabilities ?? (host ? CONTAINER_CAPABILITIES : ALL_CAPABILITIES);
    this.kernelRelease = options.kernelRelease ?? host?.kernelRelease ?? '6.8.0-45-generic';
    this.modules = options.modules ?? host?.modules ?? new Set();
    this.memoryBytes = options.memoryBytes ?? host?.memoryBytes ?? 8 * 2 ** 30;
    const kernel = host ?? this;
    this.memory = new Memory(options.memoryLimit ?? this.memoryBytes, { killsAll: host !== undefined, log: (line) => kernel.units.kernel(line), tasks: () => this.processes.own().filter((task) => task.options.machine === this) });
    this.cpus = options.cpus ?? host?.cpus ?? 4;
    this.bootedAtMs = host?.bootedAtMs ?? options.clock.now();
    const { processesOf } = options;
    this.processes = processesOf?.processes ?? new ProcessTable(host?.processes);
    this.pidNamespace = processesOf?.pidNamespace ?? this;
    // Who sees its node's processes sees process 1 as well, and that is whom systemctl asks.
    this.units = processesOf !== undefined && processesOf === host ? host.units : new Units(options.clock);
    if (options.filesAsTheyAre) return;
    this.files.keepTime(() => options.clock.unixMs());
    this.files.mount('/proc', procFiles(this), { type: 'proc', source: 'proc' });
    this.files.mount('/sys', sysFiles(this), { type: 'sysfs', source: 'sysfs', readonly: host !== undefined });
    this.files.mount('/dev', deviceFiles(), { type: 'tmpfs', source: 'tmpfs' });
  }

  /** May its root do what the whole machine's may: mount, set the host name, enter namespaces? */
  get privileged(): boolean {
    return this.capabilities.has('SYS_ADMIN');
  }

  /**
   * Start a program. Standard streams are closed unless given.
   * @throws StartError when there is no such program
   */
  start(argv: readonly string[], options: StartOptions = {}): RunningProcess {
    // A fork bomb ends here. What the kubelet or a person from outside starts has no parent in this table and always finds room.
    if (options.parent && this.processes.isFull) throw new StartError('EAGAIN', argv[0] ?? '', false);
    const env = options.env instanceof Map ? (options.env as ReadonlyMap<string, string>) : new Map(Object.entries(options.env ?? {}));
    const user = userOf(options.user, this.files);
    const cwd = options.cwd ?? '/';
    const base = options.files ?? this.files;
    const found = options.program ? { program: options.program, argv } : findExecutable(argv, base.as(user), this.programs, { path: env.get('PATH') ?? DEFAULT_PATH, cwd });
    // A group of processes has its numbers in one PID namespace; whoever enters another one begins a new group there.
    const crossing = options.parent !== undefined && options.parent.options.machine !== this;
    const task: Task = new Task({
      machine: this, argv: found.argv, env, cwd, user, parent: options.parent,
      newGroup: (options.newGroup ?? !options.parent) || crossing,
      get files(): FileSystem {
        return files;
      },
      netns: options.netns ?? options.parent?.options.netns ?? this.netns,
      hostname: options.hostname ?? options.parent?.options.hostname ?? this.hostname,
      uts: options.uts ?? options.parent?.options.uts,
      terminal: options.terminal, startedAtMs: this.clock.now(),
    });
    this.processes.add(task);
    const files = base.as({ uid: user.uid, gid: user.gid, pid: task.pid });
    for (const signal of options.parent?.ignored ?? []) task.ignore(signal);
    const detach = options.parent && !crossing ? undefined : options.terminal?.onInterrupt((signal) => void this.processes.signalGroup(task.group, signal));
    const streams = [options.stdin ?? nullInput, options.stdout ?? nullOutput, options.stderr ?? nullOutput] as const;
    hold(task, streams);
    void task.exited.then(() => {
      detach?.();
      this.processes.remove(task);
      for (const stream of task.streams ?? []) release(stream);
      forgetUnused(task.options.netns, this);
      // When the first process of a container ends, the kernel kills the others.
      if (task.pid === 1) for (const other of this.processes.own()) other.signal('SIGKILL', 'outside');
    });
    void run(found.program, new RunningProgram(this, task, files), task);
    return { pid: task.pid, task, exited: task.exited, kill: (signal) => task.signal(signal, 'outside') };
  }

  /** An entry in the process table without a program of ours behind it: systemd, containerd, a kernel's own. */
  register(argv: readonly string[], options: { readonly parent?: Task; readonly user?: string } = {}): Task {
    const { files, netns, hostname } = this;
    const task = new Task({ machine: this, argv, env: new Map(), cwd: '/', user: userOf(options.user, files), parent: options.parent, newGroup: true, files, netns, hostname, startedAtMs: this.clock.now() });
    this.processes.add(task);
    void task.exited.then(() => this.processes.remove(task));
    return task;
  }

  /** End everything, as a container's end or a power failure does. */
  stop(): void {
    for (const task of this.processes.own()) if (task.options.machine === this) task.signal('SIGKILL', 'outside');
  }
}

/** Standard streams of a task, held until it ends or becomes another program. */
function hold(task: Task, streams: readonly [Input, Output, Output]): void {
  const raw = [unbound(streams[0]), unbound(streams[1]), unbound(streams[2])] as const;
  for (const stream of raw) retain(stream);
  for (const stream of task.streams ?? []) release(stream);
  task.streams = raw;
}

async function run(program: Program, process: Process, task: Task): Promise<void> {
  try {
    task.end({ code: (await program.run(process)) & 255 });
  } catch (error) {
    if (error instanceof Exit) return task.end({ code: error.code & 255 });
    if (error instanceof BrokenPipe) return brokenPipe(task);
    if (error instanceof OutOfMemory) return outOfMemory(task);
    // Killed: the task has already ended; whoever threw it only stopped waiting.
    if (error instanceof Killed || task.status) return;
    // A bug of ours must end one simulated process, not the simulator; its words go where a crash report would.
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await process.stderr.write(`${task.comm}: bug in the simulated program: ${words}\n`).catch(() => undefined);
    task.end({ code: 139 });
  }
}

/** The node's kernel kills, and logs the number that the node gives the process. */
function outOfMemory(task: Task): void {
  const { machine } = task.options;
  machine.memory.kill(task, (machine.host ?? machine).processes.pidOf(task) ?? task.pid);
}

function brokenPipe(task: Task): void {
  if (task.ignored.includes('SIGPIPE')) task.end({ code: 1 });
  else task.end({ code: 141, signal: 'SIGPIPE' });
}

/** A process as its program sees it. */
class RunningProgram implements Process {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;

  constructor(
    readonly machine: Machine,
    readonly task: Task,
    readonly files: FileSystem,
  ) {
    const [stdin, stdout, stderr] = task.streams!;
    const pace = turns(machine.clock, task.abort.signal);
    this.stdin = boundInput(stdin, task.abort.signal, pace);
    this.stdout = boundOutput(stdout, task.abort.signal, pace);
    this.stderr = boundOutput(stderr, task.abort.signal, pace);
  }

  get pid(): number {
    return this.task.pid;
  }
  get parent(): number {
    return this.task.parentPid(this.machine.processes);
  }
  get argv(): readonly string[] {
    return this.task.argv;
  }
  get env(): ReadonlyMap<string, string> {
    return this.task.options.env;
  }
  get cwd(): string {
    return this.task.options.cwd;
  }
  get terminal(): Terminal | undefined {
    return this.task.options.terminal;
  }
  get netns(): NetNamespace {
    return this.task.options.netns;
  }
  get hostname(): string {
    if (this.task.options.uts) return this.task.options.uts.hostname;
    return this.task.options.hostname === this.task.options.machine.hostname ? this.machine.hostname : this.task.options.hostname;
  }
  setHostname(name: string): void {
    const { uts } = this.task.options;
    if (uts) uts.hostname = name;
    else this.machine.hostname = name;
  }
  get user(): User {
    return this.task.options.user;
  }
  get signal(): AbortSignal {
    return this.task.abort.signal;
  }

  allocate(bytes: number): void {
    this.machine.memory.take(this.task, bytes);
  }

  onSignal(signal: SignalName, handler: () => void) {
    return this.task.on(signal, handler);
  }

  ignoreSignal(signal: SignalName): void {
    this.task.ignore(signal);
  }

  exec(argv: readonly string[], options: Parameters<Process['exec']>[1] = {}): Promise<number> {
    const { task, machine } = this;
    const { env = this.env, cwd = this.cwd, stdin = this.stdin, stdout = this.stdout, stderr = this.stderr, netns = this.netns, files = this.files, hostname = task.options.hostname, uts = task.options.uts } = options;
    const found = findExecutable(argv, files, machine.programs, { path: env.get('PATH') ?? DEFAULT_PATH, cwd });
    task.argv = found.argv;
    task.options = { ...task.options, env, cwd, netns, files, hostname, uts, childrenOf: options.childrenOf ?? task.options.childrenOf };
    task.forgetHandlers();
    hold(task, [stdin, stdout, stderr]);
    return Promise.resolve(found.program.run(new RunningProgram(machine, task, files)));
  }

  spawn(argv: readonly string[], options: SpawnOptions = {}): Child {
    const { stdin, stdout, stderr, task, files, netns, hostname } = this;
    const running = (options.machine ?? task.options.childrenOf ?? this.machine).start(argv, {
      env: this.env, cwd: this.cwd, stdin, stdout, stderr, files, netns, hostname, terminal: this.terminal,
      user: this.user, parent: task, newGroup: false, ...options,
    });
    return { pid: running.pid, exited: running.exited.then((status) => status.code), status: running.exited, kill: (signal) => running.task.signal(signal) };
  }
}
