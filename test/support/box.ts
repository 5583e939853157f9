/**
 * A simulated box for tests of the shell, of programs and of the machine itself: an empty network, a clock that jumps
 * to what is due next, and whatever programs a test needs.
 */
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { FileSystem } from '../../src/machine/files.ts';
import { Machine, type ProgramTable, type StartOptions, programFile } from '../../src/machine/machine.ts';
import type { Program } from '../../src/machine/program.ts';
import { collect, inputFrom } from '../../src/machine/streams.ts';
import { World } from '../../src/net/world.ts';

export interface Box {
  readonly machine: Machine;
  readonly clock: EventClock;
  /** Run a command line to its end, as fast as the clock can jump. */
  run(argv: readonly string[], options?: StartOptions & { readonly input?: string }): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }>;
  /** Let everything that is due within this time happen. */
  pass(milliseconds: number): Promise<void>;
}

/** 2024-05-01 00:00:00 UTC. */
export const EPOCH = Date.UTC(2024, 4, 1);

export function makeBox(programs: readonly Program[], options: { readonly busybox?: boolean; readonly init?: boolean } = {}): Box {
  const clock = new EventClock(EPOCH);
  const rng = seededRng(1);
  const table: ProgramTable = new Map(programs.map((program) => [program.name, program]));
  const files = new FileSystem();
  for (const directory of ['/bin', '/etc', '/root', '/usr/bin', '/var/log']) files.mkdir(directory, { recursive: true });
  files.mkdir('/tmp', { mode: 0o1777 });
  files.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n');
  files.write('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  for (const program of programs) files.write(`/bin/${program.name}`, programFile(program.name), { mode: 0o755 });
  if (options.busybox) files.write('/bin/busybox', programFile('busybox'), { mode: 0o755 });
  const world = new World({ clock, rng });
  const machine = new Machine({ hostname: 'box', files, netns: world.createNamespace('box'), clock, rng, programs: table });
  // Somebody must be process 1, or the first program of a test would not die of signals.
  if (options.init !== false) machine.register(['/sbin/init']);
  return {
    machine,
    clock,
    async run(argv, { input, ...start } = {}) {
      const stdout = collect();
      const stderr = collect();
      const running = machine.start(argv, { stdout, stderr, ...(input === undefined ? {} : { stdin: inputFrom(input) }), ...start });
      let over = false;
      void running.exited.then(() => {
        over = true;
      });
      for (let turns = 0; !over; turns++) {
        if (turns > 200_000) throw new Error(`${argv.join(' ')} does not end`);
        await drain();
        if (!over) step(clock, argv);
      }
      return { stdout: stdout.text, stderr: stderr.text, code: (await running.exited).code };
    },
    pass: (milliseconds) => pass(clock, milliseconds),
  };
}

function step(clock: EventClock, argv: readonly string[]): void {
  const due = clock.nextDue();
  if (due === undefined) throw new Error(`${argv.join(' ')} waits for ever`);
  clock.advanceTo(due);
}

/** Let everything that is due within this time happen. */
export async function pass(clock: EventClock, milliseconds: number): Promise<void> {
  const end = clock.now() + milliseconds;
  for (;;) {
    await drain();
    const due = clock.nextDue();
    if (due === undefined || due > end) break;
    clock.advanceTo(due);
  }
  clock.advanceTo(end);
  await drain();
}

/** Let every promise that can settle do so. */
export function drain(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
