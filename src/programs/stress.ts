/**
 * stress 1.0.4: takes memory or keeps processors busy until it is told to end, or until the kernel ends it.
 * See stress(1). Differs from Linux: programs use no processor time here, so `--cpu`, `--io` and `--hdd` only wait.
 */
import type { Process, Program } from '../machine/program.ts';
import { waitFor } from './isolation/failed-start.ts';

interface Wish {
  readonly counts: Readonly<Record<Kind, number>>;
  readonly bytes: number;
  readonly timeoutMs: number | undefined;
}

const KINDS = ['cpu', 'io', 'vm', 'hdd'] as const;
type Kind = (typeof KINDS)[number];
const SHORT: Readonly<Record<string, string>> = { '-c': '--cpu', '-i': '--io', '-m': '--vm', '-d': '--hdd', '-t': '--timeout', '-v': '--verbose', '-q': '--quiet', '-n': '--dry-run', '-?': '--help' };
const TAKES_VALUE = new Set(['--cpu', '--io', '--vm', '--hdd', '--timeout', '--vm-bytes', '--vm-stride', '--vm-hang', '--hdd-bytes', '--backoff']);
const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
const TIMES: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_556_952 };

export const stress: Program = {
  name: 'stress',
  async run(process) {
    const args = process.argv.slice(1);
    const say = (words: string) => process.stdout.write(`stress: ${words}\n`);
    if (args.includes('--version')) return await process.stdout.write('stress 1.0.4\n').then(() => 0);
    if (args.length === 0 || args.includes('--help') || args.includes('-?')) return await process.stdout.write(USAGE).then(() => 0);
    const wish = read(args);
    if (typeof wish === 'string') return await process.stderr.write(`stress: FAIL: [${process.pid}] (244) ${wish}\n`).then(() => 1);
    const { counts, bytes, timeoutMs } = wish;
    if (!args.includes('-q') && !args.includes('--quiet')) await say(`info: [${process.pid}] dispatching hogs: ${KINDS.map((kind) => `${counts[kind]} ${kind}`).join(', ')}`);
    if (args.includes('--dry-run') || args.includes('-n')) return 0;
    const workers = KINDS.flatMap((kind) => Array.from({ length: counts[kind] }, () => process.spawn(process.argv, { program: worker(kind === 'vm' ? bytes : 0) })));
    const startedMs = process.machine.clock.now();
    if (timeoutMs !== undefined) {
      await process.machine.clock.sleep(timeoutMs, process.signal);
      for (const one of workers) one.kill('SIGALRM');
    }
    const codes = await Promise.all(workers.map((one) => waitFor(process, one)));
    const seconds = Math.round((process.machine.clock.now() - startedMs) / 1000);
    const isDone = codes.every((code) => code === 142);
    await say(isDone ? `info: [${process.pid}] successful run completed in ${seconds}s` : `FAIL: [${process.pid}] (451) failed run completed in ${seconds}s`);
    return isDone ? 0 : 1;
  },
};

const worker = (bytes: number): Program => ({
  name: 'stress',
  run: async (process: Process) => {
    process.allocate(bytes);
    return await new Promise<number>(() => undefined);
  },
});

/** @returns what is wrong, in its words */
function read(args: readonly string[]): Wish | string {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [word = '', attached] = args[i]!.split('=');
    const option = SHORT[word] ?? word;
    if (!TAKES_VALUE.has(option)) {
      if (!['--verbose', '--quiet', '--dry-run', '--vm-keep'].includes(option)) return `unrecognized option: ${args[i]}`;
      continue;
    }
    const value = attached ?? args[++i];
    if (value === undefined) return `missing argument to option '${option}'`;
    values.set(option, value);
  }
  const number = (option: string, units: Readonly<Record<string, number>>, standard: number): number => {
    const [, digits, unit = ''] = /^(\d+)([a-z]?)$/i.exec(values.get(option) ?? String(standard)) ?? [];
    return digits === undefined ? Number.NaN : Number(digits) * (unit === '' ? 1 : (units[unit.toLowerCase()] ?? Number.NaN));
  };
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, number(`--${kind}`, {}, 0)])) as Record<Kind, number>;
  const bytes = number('--vm-bytes', UNITS, 256 * 2 ** 20);
  const timeout = values.has('--timeout') ? number('--timeout', TIMES, 0) : undefined;
  const wrong = [...values].find(([option]) => Number.isNaN(number(option, option === '--timeout' ? TIMES : option.endsWith('-bytes') || option === '--vm-stride' ? UNITS : {}, 0)));
  if (wrong) return `invalid number: ${wrong[1]}`;
  return { counts, bytes, timeoutMs: timeout === undefined ? undefined : timeout * 1000 };
}

const USAGE = `Usage: stress [OPTION [ARG]] ...
 -?, --help         show this text
     --version      tell the version
 -v, --verbose      say more
 -q, --quiet        say less
 -n, --dry-run      show what would be done
 -t, --timeout N    end after N seconds
 -c, --cpu N        spawn N workers that compute
 -i, --io N         spawn N workers that write buffers out
 -m, --vm N         spawn N workers that take memory
     --vm-bytes B   take B bytes each (default is 256MB)
     --vm-hang N    keep them for N seconds
     --vm-keep      take them once
 -d, --hdd N        spawn N workers that write files

Numbers may end in s,m,h,d,y (time) or B,K,M,G (size).
`;
