/**
 * The memory that programs say they take, and what happens when there is none left: the kernel kills. In a container,
 * all of its processes (memory.oom.group, as Kubernetes sets it). See Documentation/admin-guide/cgroup-v2.rst.
 *
 * Differs from Linux: only what a program says it takes (stress), and what it keeps of an input without end, counts; the
 * latter may be 64 MiB, whatever the limit.
 */
import type { Task } from './processes.ts';

/** A program asked for more than there is: the process is not told, it ends. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';
}

export const MOST_HELD = 64 * 2 ** 20;

export class Memory {
  /** The kernel had to kill here. */
  exceeded = false;
  readonly #taken = new Map<Task, number>();

  constructor(
    private readonly limit: number,
    private readonly groups: { readonly killsAll: boolean; log(line: string): void; tasks(): readonly Task[] },
  ) {}

  /** @throws OutOfMemory */
  take(task: Task, bytes: number): void {
    if (!this.#taken.has(task)) void task.exited.then(() => this.#taken.delete(task));
    this.#taken.set(task, (this.#taken.get(task) ?? 0) + bytes);
    if ([...this.#taken.values()].reduce((sum, one) => sum + one, 0) > this.limit) throw new OutOfMemory();
  }

  /** What the kernel does then. */
  kill(task: Task, pid: number): void {
    this.exceeded = true;
    const kib = Math.round((this.#taken.get(task) ?? MOST_HELD) / 1024);
    const whose = this.groups.killsAll ? 'Memory cgroup out of memory' : 'Out of memory';
    this.groups.log(`${task.comm} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=${this.groups.killsAll ? 1000 : 0}`);
    this.groups.log(`${whose}: Killed process ${pid} (${task.comm}) total-vm:${kib + 744}kB, anon-rss:${kib}kB, file-rss:0kB, shmem-rss:0kB, UID:${task.options.user.uid} pgtables:${Math.ceil(kib / 512) + 40}kB oom_score_adj:${this.groups.killsAll ? 1000 : 0}`);
    for (const one of this.groups.killsAll ? this.groups.tasks() : [task]) one.signal('SIGKILL', 'outside');
  }
}
