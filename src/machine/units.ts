/**
 * Services as systemd keeps them, and their journal. What a unit runs is given by whoever makes the node (the kubelet,
 * containerd); here is only what `systemctl` and `journalctl` read and switch. See systemd.unit(5).
 */
import type { Clock, Disposer } from '../base/clock.ts';
import { type ExitStatus, SIGNAL_NUMBERS } from './program.ts';

export type UnitState = 'active' | 'inactive' | 'failed' | 'activating';

export interface UnitOptions {
  readonly name: string;
  readonly description: string;
  /** Where the unit file is, as `systemctl status` prints it. */
  readonly path?: string;
  /** The command line of the main process. */
  readonly command: readonly string[];
  readonly docs?: string;
  readonly enabled?: boolean;
  /** Bring it up; a thrown error makes the unit fail with the error's message in its journal. @returns the main process's number */
  onStart?(): number | void;
  onStop?(): void;
  /** RestartSec of a service with Restart=always: how long after its main process ended by itself it is started again. */
  readonly restartAfterMs?: number;
  /** Type=simple: counts as started as soon as its process exists, whatever becomes of it. */
  readonly isSimple?: boolean;
}

export interface Unit {
  readonly options: UnitOptions;
  state: UnitState;
  enabled: boolean;
  mainPid: number | undefined;
  /** Unix milliseconds of the last change of state. */
  sinceUnixMs: number;
  /** Started again by itself so often since somebody started it. */
  restarts: number;
  /** How its main process ended, while there is no other. */
  exit?: { readonly pid: number; readonly words: string } | undefined;
  /** Calls off the start that is due. */
  callOff?: Disposer | undefined;
}

export interface JournalEntry {
  readonly unixMs: number;
  readonly unit: string;
  readonly identifier: string;
  readonly pid: number;
  readonly message: string;
  /** As syslog(3) counts: 3 is an error, 6 is information and what a service prints. */
  readonly priority: number;
}

const ERROR = 3;
const WARNING = 4;
const NOTICE = 5;
const INFO = 6;

/** The identifier of the kernel's lines. */
export const KERNEL = 'kernel';

/** Older lines are forgotten, as a journal with a size limit does. */
const MOST_ENTRIES = 5000;

export class Units {
  readonly #units = new Map<string, Unit>();
  #journal: JournalEntry[] = [];
  readonly #followers = new Set<(entry: JournalEntry) => void>();

  constructor(private readonly clock: Clock) {}

  /** Install a unit; it does not start by that. */
  add(options: UnitOptions): Unit {
    const unit: Unit = { options, state: 'inactive', enabled: options.enabled ?? true, mainPid: undefined, sinceUnixMs: this.clock.unixMs(), restarts: 0 };
    this.#units.set(options.name, unit);
    return unit;
  }

  /** By name, with or without `.service`. */
  get(name: string): Unit | undefined {
    return this.#units.get(name) ?? this.#units.get(`${name}.service`);
  }

  list(): readonly Unit[] {
    return [...this.#units.values()].sort((a, b) => (a.options.name < b.options.name ? -1 : 1));
  }

  /** @returns false when it failed */
  start(unit: Unit): boolean {
    if (unit.state === 'active') return true;
    unit.callOff?.();
    unit.restarts = 0;
    return this.#begin(unit);
  }

  #begin(unit: Unit): boolean {
    const { name, description, isSimple } = unit.options;
    unit.callOff = undefined;
    unit.exit = undefined;
    const started = () => this.#systemd(unit, `Started ${name} - ${description}.`);
    if (isSimple) started();
    else this.#systemd(unit, `Starting ${name} - ${description}...`);
    try {
      unit.mainPid = unit.options.onStart?.() ?? undefined;
    } catch (error) {
      this.log(unit, error instanceof Error ? error.message : String(error));
      this.fail(unit);
      return false;
    }
    this.#become(unit, 'active');
    if (!isSimple) started();
    return true;
  }

  stop(unit: Unit): void {
    if (unit.state === 'activating') {
      unit.callOff?.();
      unit.callOff = undefined;
      return this.#become(unit, 'inactive');
    }
    if (unit.state !== 'active') return;
    const { name, description } = unit.options;
    this.#systemd(unit, `Stopping ${name} - ${description}...`);
    unit.options.onStop?.();
    unit.mainPid = undefined;
    this.#become(unit, 'inactive');
    this.#systemd(unit, `${name}: Deactivated successfully.`);
    this.#systemd(unit, `Stopped ${name} - ${description}.`);
  }

  /** The main process ended by itself. */
  fail(unit: Unit, code = 1): void {
    const { name, description } = unit.options;
    unit.mainPid = undefined;
    this.#become(unit, 'failed');
    this.#systemd(unit, `${name}: Main process exited, code=exited, status=${code}/FAILURE`, NOTICE);
    this.#systemd(unit, `${name}: Failed with result 'exit-code'.`, WARNING);
    this.#systemd(unit, `Failed to start ${name} - ${description}.`, ERROR);
  }

  /** The main process of a running service ended by itself, or somebody killed it: it is started again where it says so. */
  ended(unit: Unit, { code, signal }: ExitStatus): void {
    if (unit.state !== 'active') return;
    const { name, restartAfterMs } = unit.options;
    const isClean = signal === undefined ? code === 0 : signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGHUP' || signal === 'SIGPIPE';
    const how = signal === undefined ? `code=exited, status=${code}/${code === 0 ? 'SUCCESS' : code === 1 ? 'FAILURE' : 'n/a'}` : `code=killed, status=${SIGNAL_NUMBERS[signal]}/${signal.slice(3)}`;
    if (unit.mainPid !== undefined) unit.exit = { pid: unit.mainPid, words: how };
    unit.mainPid = undefined;
    if (isClean) this.#systemd(unit, `${name}: Deactivated successfully.`);
    else {
      this.#systemd(unit, `${name}: Main process exited, ${how}`, NOTICE);
      this.#systemd(unit, `${name}: Failed with result '${signal === undefined ? 'exit-code' : 'signal'}'.`, WARNING);
    }
    if (restartAfterMs === undefined) return this.#become(unit, isClean ? 'inactive' : 'failed');
    this.#become(unit, 'activating');
    unit.callOff = this.clock.schedule(restartAfterMs, () => {
      this.#systemd(unit, `${name}: Scheduled restart job, restart counter is at ${++unit.restarts}.`);
      this.#begin(unit);
    });
  }

  /** A line in the journal. */
  log(unit: Unit, message: string, identifier = unit.options.command[0]?.split('/').at(-1) ?? unit.options.name, pid = unit.mainPid ?? 0): void {
    this.#keep({ unixMs: this.clock.unixMs(), unit: unit.options.name, identifier, pid, message, priority: INFO });
  }

  /** What systemd itself says of a unit. */
  #systemd(unit: Unit, message: string, priority = INFO): void {
    this.#keep({ unixMs: this.clock.unixMs(), unit: unit.options.name, identifier: 'systemd', pid: 1, message, priority });
  }

  /** What a program says through syslog, under the name that it gives itself. */
  say(identifier: string, message: string, pid: number, priority = NOTICE): void {
    this.#keep({ unixMs: this.clock.unixMs(), unit: '', identifier, pid, message, priority });
  }

  /** What the kernel says: `journalctl -k`, and dmesg. */
  kernel(message: string): void {
    this.#keep({ unixMs: this.clock.unixMs(), unit: '', identifier: KERNEL, pid: 0, message, priority: INFO });
  }

  #keep(entry: JournalEntry): void {
    this.#journal.push(entry);
    if (this.#journal.length > MOST_ENTRIES) this.#journal = this.#journal.slice(-MOST_ENTRIES / 2);
    for (const follower of this.#followers) follower(entry);
  }

  journal(): readonly JournalEntry[] {
    return this.#journal;
  }

  onEntry(follower: (entry: JournalEntry) => void): Disposer {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  #become(unit: Unit, state: UnitState): void {
    unit.state = state;
    unit.sinceUnixMs = this.clock.unixMs();
  }
}
