/** Background commands of a shell: their numbers, states, and how `%1` finds them. */
import type { ExitStatus } from '../machine/program.ts';

export interface Job {
  readonly id: number;
  readonly pid: number;
  readonly text: string;
  readonly exited: Promise<ExitStatus>;
  status: ExitStatus | undefined;
  /** The person has been told that it ended. */
  told: boolean;
  kill(signal: import('../machine/program.ts').SignalName): void;
}

export class Jobs {
  lastPid: number | undefined;
  #jobs: Job[] = [];

  add(child: { readonly pid: number; readonly status: Promise<ExitStatus>; kill: Job['kill'] }, text: string): Job {
    const id = Math.max(0, ...this.#jobs.map((job) => job.id)) + 1;
    const job: Job = { id, pid: child.pid, text, exited: child.status, status: undefined, told: false, kill: (signal) => child.kill(signal) };
    void child.status.then((status) => {
      job.status = status;
    });
    this.#jobs.push(job);
    this.lastPid = child.pid;
    return job;
  }

  list(): readonly Job[] {
    return this.#jobs;
  }

  /** `%1`, `%%`, `%+`, `%-`, `%name`, or a process number. */
  find(spec: string): Job | undefined {
    if (!spec.startsWith('%')) return this.#jobs.find((job) => String(job.pid) === spec);
    const name = spec.slice(1);
    if (name === '' || name === '%' || name === '+') return this.#jobs.at(-1);
    if (name === '-') return this.#jobs.at(-2) ?? this.#jobs.at(-1);
    return /^\d+$/.test(name) ? this.#jobs.find((job) => String(job.id) === name) : this.#jobs.findLast((job) => job.text.startsWith(name));
  }

  forget(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
  }

  /** `+` for the job that `fg` takes, `-` for the one after it. */
  mark(job: Job): string {
    return job === this.#jobs.at(-1) ? '+' : job === this.#jobs.at(-2) ? '-' : ' ';
  }
}
