/**
 * The processes of one machine: numbers, parents, groups, signals. A container's processes are also in its node's
 * table, under other numbers. How a program runs is not known here (`machine.ts`).
 *
 * Differs from Linux: a process that ended is gone at once, whether or not its parent waits: no zombies.
 */
import type { Disposer } from '../base/clock.ts';
import type { NetNamespace } from '../net/namespace.ts';
import type { FileSystem } from './files.ts';
import type { Machine } from './machine.ts';
import { type ExitStatus, type Input, Killed, type Output, SIGNAL_NUMBERS, type SignalName, type Terminal } from './program.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

export interface TaskOptions {
  readonly machine: Machine;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly user: User;
  readonly parent?: Task | undefined;
  readonly newGroup: boolean;
  readonly files: FileSystem;
  readonly netns: NetNamespace;
  readonly hostname: string;
  readonly uts?: { hostname: string } | undefined;
  /** Where children begin, after `unshare --pid` without a fork. */
  readonly childrenOf?: Machine | undefined;
  readonly terminal?: Terminal | undefined;
  readonly startedAtMs: number;
}

/** One process, as the kernel knows it. */
export class Task {
  pid = 0;
  group = 0;
  /** Numbers in the tables of outer machines. */
  readonly outerPids = new Map<ProcessTable, number>();
  readonly abort = new AbortController();
  readonly exited: Promise<ExitStatus>;
  status: ExitStatus | undefined;
  argv: readonly string[];
  /** Standard streams as others may open them under /proc/PID/fd. */
  streams: readonly [Input, Output, Output] | undefined;
  readonly #handlers = new Map<SignalName, Set<() => void>>();
  readonly #ignored = new Set<SignalName>();
  #end!: (status: ExitStatus) => void;

  constructor(public options: TaskOptions) {
    this.argv = options.argv;
    this.exited = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get parent(): Task | undefined {
    return this.options.parent;
  }

  /** The parent's number in a table: 1 when it is gone, 0 for the first process and for what came into a container from outside. */
  parentPid(table: ProcessTable): number {
    const parent = this.parent;
    if (parent && !parent.status) return table.pidOf(parent) ?? 0;
    const cameFromOutside = !parent && table === this.options.machine.processes && this.options.machine.host !== undefined;
    return table.pidOf(this) === 1 || cameFromOutside ? 0 : 1;
  }

  /** The short name: what `ps -o comm` prints, 15 bytes at most. */
  get comm(): string {
    return (this.argv[0] ?? '').replace(/^-/, '').split('/').at(-1)!.slice(0, 15);
  }

  on(signal: SignalName, handler: () => void): Disposer {
    this.#ignored.delete(signal);
    const handlers = this.#handlers.get(signal) ?? new Set();
    this.#handlers.set(signal, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  /** Another program begins: handlers are gone with the old one. */
  forgetHandlers(): void {
    this.#handlers.clear();
  }

  ignore(signal: SignalName): void {
    this.#ignored.add(signal);
  }

  /** Signals that are ignored stay so in children, as after fork and exec. */
  get ignored(): readonly SignalName[] {
    return [...this.#ignored];
  }

  /** For /proc/PID/status: which signals have a handler. */
  get caught(): readonly SignalName[] {
    return [...this.#handlers].filter(([, handlers]) => handlers.size > 0).map(([signal]) => signal);
  }

  /** Deliver a signal. The first process of a container dies only of signals it handles and of SIGKILL from outside: pid_namespaces(7). */
  signal(signal: SignalName, from: 'inside' | 'outside' = 'inside'): void {
    if (this.status) return;
    if (signal !== 'SIGKILL') {
      const handlers = this.#handlers.get(signal);
      if (handlers && handlers.size > 0) {
        for (const handler of handlers) handler();
        return;
      }
      if (this.#ignored.has(signal) || harmless.has(signal)) return;
    }
    if (this.pid === 1 && !(signal === 'SIGKILL' && from === 'outside')) return;
    this.abort.abort(new Killed(signal));
    this.end({ code: 128 + SIGNAL_NUMBERS[signal], signal });
  }

  end(status: ExitStatus): void {
    if (this.status) return;
    this.status = status;
    this.#end(status);
  }
}

/** Signals that do nothing unless a process asks for them: signal(7). */
const harmless: ReadonlySet<SignalName> = new Set<SignalName>(['SIGCHLD', 'SIGWINCH', 'SIGCONT']);

export class ProcessTable {
  readonly #tasks = new Map<number, Task>();
  #next = 1;

  constructor(
    /** The table of the node, for a container. */
    private readonly outer: ProcessTable | undefined,
    /** Where numbers wrap: /proc/sys/kernel/pid_max. */
    private readonly max = 4_194_304,
  ) {}

  /** Give a task its number, here and in the outer tables. */
  add(task: Task): void {
    task.pid = this.#place(task);
    task.group = task.options.newGroup || !task.parent ? task.pid : task.parent.group;
    for (let table = this.outer; table; table = table.outer) task.outerPids.set(table, table.#place(task));
  }

  remove(task: Task): void {
    this.#tasks.delete(task.pid);
    for (const [table, pid] of task.outerPids) table.#tasks.delete(pid);
  }

  get(pid: number): Task | undefined {
    return this.#tasks.get(pid);
  }

  /** A task's number as seen in this table. */
  pidOf(task: Task): number | undefined {
    return task.options.machine.processes === this ? task.pid : task.outerPids.get(this);
  }

  /** How many there are, those of containers included. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Whether fork(2) fails here: a container may have as many as a small pids cgroup lets it, a machine as many as its memory. */
  get isFull(): boolean {
    return this.#tasks.size >= (this.outer ? 512 : 4096);
  }

  list(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  /** This table's own processes, without those of containers. */
  own(): readonly Task[] {
    return this.list().filter((task) => task.options.machine.processes === this);
  }

  /** Numbers begin here: a node that booted long ago has used up the small ones. */
  skipTo(pid: number): void {
    this.#next = Math.max(this.#next, pid);
  }

  signalGroup(group: number, signal: SignalName): boolean {
    const members = this.own().filter((task) => task.group === group);
    for (const task of members) task.signal(signal);
    return members.length > 0;
  }

  /** Send a signal by number: to a container's process from its node, it comes from outside. @returns false when there is none */
  kill(pid: number, signal: SignalName): boolean {
    const task = this.#tasks.get(pid);
    if (!task) return false;
    task.signal(signal, task.options.machine.processes === this ? 'inside' : 'outside');
    return true;
  }

  #place(task: Task): number {
    while (this.#tasks.has(this.#next)) this.#next++;
    const pid = this.#next++;
    if (this.#next > this.max) this.#next = 300;
    this.#tasks.set(pid, task);
    return pid;
  }
}
