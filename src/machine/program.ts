/**
 * What a userland program is, and what a process gives it. Text and exit codes are those of the real program;
 * strings are byte strings (see `base/bytes.ts`). A program sees its machine, never another one: what it knows of the
 * rest of the world came in packets.
 */
import type { Disposer } from '../base/clock.ts';
import type { NetNamespace } from '../net/namespace.ts';
import type { FileSystem } from './files.ts';
import type { Machine } from './machine.ts';

export interface Program {
  readonly name: string;
  /** @returns the exit code. Thrown errors other than `Exit` and `BrokenPipe` are bugs. */
  run(process: Process): Promise<number> | number;
}

/** A running program, seen from inside. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The whole command line, the program's name first. */
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Present when standard streams are a terminal. */
  readonly terminal?: Terminal | undefined;
  readonly machine: Machine;
  /** The root that this process sees, its network, its uts name: its own, since `chroot` and `nsenter` change them. */
  readonly files: FileSystem;
  readonly netns: NetNamespace;
  readonly hostname: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly name: string };
  /** Aborted with a `Killed` reason when the process must end: waiting on the clock or on a stream rejects with it. */
  readonly signal: AbortSignal;
  /** Rename the machine, or the UTS namespace that this process is in. */
  setHostname(name: string): void;
  /** Handle a signal instead of dying of it (`trap`, nginx's TERM). SIGKILL cannot be handled. */
  onSignal(signal: SignalName, handler: () => void): Disposer;
  /** From now on the signal does nothing, here and in children (`trap ''`, `nohup`). */
  ignoreSignal(signal: SignalName): void;
  /** Take so much memory until it ends. @throws OutOfMemory, of which the kernel makes the end of the process */
  allocate(bytes: number): void;
  /** Start another program; standard streams are inherited unless given. Returns at once; `exited` tells how it ended. */
  spawn(argv: readonly string[], options?: SpawnOptions): Child;
  /** Become another program, as execve does: same number, same parent. Resolves with its exit code. @throws StartError */
  exec(argv: readonly string[], options?: Pick<SpawnOptions, 'env' | 'cwd' | 'stdin' | 'stdout' | 'stderr' | 'netns' | 'files' | 'hostname' | 'uts' | 'childrenOf'>): Promise<number>;
}

export interface Child {
  readonly pid: number;
  /** The exit code; 128 + the signal's number when it died of one, as `$?` shows it. */
  readonly exited: Promise<number>;
  /** The same, telling a signal apart from a code. */
  readonly status: Promise<ExitStatus>;
  kill(signal: SignalName): void;
}

export interface ExitStatus {
  readonly code: number;
  readonly signal?: SignalName | undefined;
}

export interface SpawnOptions {
  /** Run this instead of looking `argv[0]` up: a fork without exec, as a shell's subshells are. */
  readonly program?: Program;
  /** Begin a process group of its own, out of reach of the terminal's ^C: a background job. */
  readonly newGroup?: boolean;
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  readonly stdin?: Input;
  readonly stdout?: Output;
  readonly stderr?: Output;
  /** Whose the child is, for su and sudo. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly name: string };
  readonly netns?: NetNamespace;
  readonly files?: FileSystem;
  readonly hostname?: string;
  readonly uts?: { hostname: string } | undefined;
  /** Another PID namespace to be born in, for `unshare --fork` and `nsenter`. */
  readonly machine?: Machine;
  /** Where the children of this process will be born. */
  readonly childrenOf?: Machine | undefined;
  readonly terminal?: Terminal | undefined;
}

export type SignalName = 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGUSR1' | 'SIGUSR2' | 'SIGPIPE' | 'SIGALRM' | 'SIGTERM' | 'SIGCHLD' | 'SIGCONT' | 'SIGWINCH';

/** The number that `kill -l` prints; a process that dies of it exits with 128 + this. */
export const SIGNAL_NUMBERS: Readonly<Record<SignalName, number>> = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGUSR1: 10, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGCHLD: 17, SIGCONT: 18, SIGWINCH: 28,
};

/** Where bytes come from. */
export interface Input {
  /** The next bytes, or undefined at the end. Rejects when the process is killed; a reader that gives up leaves the bytes to the next one. */
  read(signal?: AbortSignal): Promise<string | undefined>;
  /** Give back what was read too much: the next `read` returns it first. */
  unread(bytes: string): void;
  /** A process holds it (`retain`) until it ends (`release`); a pipe closes with its last holder. */
  retain?(): void;
  release?(): void;
}

/** Where bytes go. */
export interface Output {
  /** Resolves when there is room for more: a program that ignores it can flood, one that awaits it streams. @throws BrokenPipe */
  write(bytes: string): Promise<void>;
  retain?(): void;
  release?(): void;
}

export interface Terminal {
  /** `pts/0`, as `tty` and `ps` print it. */
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  /** In raw mode every key arrives at once, without echo: for line editors and pagers. */
  mode: 'cooked' | 'raw';
  onResize(listener: () => void): Disposer;
  /** Who gets the signals of ^C and ^\\; the machine sets it when a session starts. */
  onInterrupt(listener: (signal: SignalName) => void): Disposer;
}

/** Thrown by a write to a pipe that nobody reads any more. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
}

/** The reason of an aborted `Process.signal`. */
export class Killed extends Error {
  override readonly name = 'Killed';
  constructor(readonly by: SignalName) {
    super(`killed by ${by}`);
  }
}

/** Thrown by a program that wants to end from deep inside. */
export class Exit extends Error {
  override readonly name = 'Exit';
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}
