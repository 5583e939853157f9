/** `jobs`, `fg`, `bg`, `wait`, `kill`, `trap`: background commands and signals. */
import { type ExitStatus, SIGNAL_NUMBERS, type SignalName } from '../../machine/program.ts';
import { ShellError } from '../control.ts';
import { failureStatus, signalWords } from '../dialect.ts';
import type { Job } from '../jobs.ts';
import type { Shell } from '../shell.ts';

export async function jobs(shell: Shell, args: readonly string[]): Promise<number> {
  const option = args.find((arg) => arg.startsWith('-'));
  if (option && !/^-[lprs]+$/.test(option)) throw new ShellError(shell.dialect === 'bash' ? `${option}: invalid option` : `${shell.dialect === 'ash' ? 'illegal' : 'Illegal'} option ${option}`, 2, false, 'jobs');
  for (const job of shell.jobs.list()) {
    await shell.stdout.write(option === '-p' ? `${job.pid}\n` : `${jobLine(shell, job, option === '-l')}\n`);
    if (job.status) shell.jobs.forget(job);
  }
  return 0;
}

/** `[1]+  Running                 sleep 1 &`. */
export function jobLine(shell: Shell, job: Job, long = false): string {
  const state = job.status ? ended(job.status, shell) : 'Running';
  const mark = shell.jobs.mark(job);
  const pid = long ? `${job.pid} ` : '';
  if (shell.dialect === 'bash') return `[${job.id}]${mark}  ${pid}${state.padEnd(24)}${job.text}${job.status ? '' : ' &'}`;
  return shell.dialect === 'ash' ? `[${job.id}]${mark}  ${pid}${state.padEnd(24)}${job.text}` : `[${job.id}] ${mark} ${pid}${state.padEnd(24)}${job.text}`;
}

function ended(status: ExitStatus, shell: Shell): string {
  if (status.signal) return signalWords(status.signal) ?? 'Interrupt';
  if (status.code === 0) return 'Done';
  return shell.dialect === 'bash' ? `Exit ${status.code}` : `Done(${status.code})`;
}

export async function foreground(shell: Shell, args: readonly string[]): Promise<number> {
  const job = jobOf(shell, args[0], 'fg');
  await shell.stdout.write(`${job.text}\n`);
  const status = await job.exited;
  shell.jobs.forget(job);
  return status.code;
}

/** A job that runs in the background already goes on: nothing here can be stopped. */
export async function background(shell: Shell, args: readonly string[]): Promise<number> {
  const job = jobOf(shell, args[0], 'bg');
  if (shell.dialect === 'bash') await shell.complain(`job ${job.id} already in background`, 'bg');
  else await shell.stdout.write(`[${job.id}] ${job.text}\n`);
  return 0;
}

function jobOf(shell: Shell, spec: string | undefined, builtin: string): Job {
  if (shell.dialect === 'bash' && shell.mode !== 'interactive') throw new ShellError('no job control', 1, false, builtin);
  const job = shell.jobs.find(spec === undefined ? '%+' : spec.startsWith('%') ? spec : `%${spec}`);
  if (job) return job;
  if (shell.dialect === 'bash') throw new ShellError(`${spec ?? 'current'}: no such job`, 1, false, builtin);
  throw new ShellError(spec === undefined ? 'No current job' : `No such job: ${spec}`, 2, true, builtin);
}

export async function wait(shell: Shell, args: readonly string[]): Promise<number> {
  const any = args[0] === '-n';
  const specs = args.filter((arg) => arg !== '-n');
  if (any || specs.length === 0) {
    const running = shell.jobs.list().filter((job) => !job.status || any);
    if (running.length === 0) return any ? 127 : 0;
    const all = any ? Promise.race(running.map((job) => job.exited.then((status) => finish(shell, job, status)))) : Promise.all(running.map((job) => job.exited.then((status) => finish(shell, job, status)))).then(() => 0);
    return await untilTrap(shell, all);
  }
  let status = 0;
  for (const spec of specs) {
    const job = shell.jobs.find(spec);
    if (!job) {
      if (shell.dialect === 'bash') await shell.complain(/^\d+$/.test(spec) ? `pid ${spec} is not a child of this shell` : `${spec}: no such job`, 'wait');
      status = 127;
      continue;
    }
    status = await untilTrap(shell, job.exited.then((end) => finish(shell, job, end)));
  }
  return status;
}

function finish(shell: Shell, job: Job, status: ExitStatus): number {
  shell.jobs.forget(job);
  return status.code;
}

/** A trapped signal ends `wait` at once, with 128 and more. */
async function untilTrap(shell: Shell, waiting: Promise<number>): Promise<number> {
  let stop: (() => void) | undefined;
  const trapped = new Promise<number>((resolve) => {
    stop = shell.onTrap(() => resolve(143));
  });
  const killed = new Promise<never>((_resolve, reject) => {
    shell.process.signal.addEventListener('abort', () => reject(shell.process.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([waiting, trapped, killed]);
  } finally {
    stop?.();
  }
}

/** `TERM`, `SIGTERM`, `15`: the signal; undefined when it is none that exists here. */
export function parseSignal(text: string): SignalName | undefined {
  if (/^\d+$/.test(text)) return (Object.entries(SIGNAL_NUMBERS) as [SignalName, number][]).find(([, number]) => number === Number(text))?.[0];
  const name = text.toUpperCase();
  const full = (name.startsWith('SIG') ? name : `SIG${name}`) as SignalName;
  return full in SIGNAL_NUMBERS ? full : undefined;
}

/** What `kill -l` lists on x86, by number. */
export const SIGNAL_LIST = ['HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'POLL', 'PWR', 'SYS'] as const;

export async function kill(shell: Shell, args: readonly string[]): Promise<number> {
  if (args[0] === '-l' || args[0] === '-L') return await listSignals(shell, args.slice(1));
  let signal: SignalName | undefined | 'none' = 'SIGTERM';
  let rest = args;
  const option = args[0];
  if (option === '-s' || option === '-n') {
    signal = parseKill(args[1] ?? '');
    rest = args.slice(2);
  } else if (option !== undefined && /^-./.test(option) && option !== '--') {
    signal = parseKill(option.slice(1));
    rest = args.slice(1);
  }
  if (rest[0] === '--') rest = rest.slice(1);
  if (signal === undefined) {
    const name = (option === '-s' || option === '-n' ? args[1] : option?.slice(1)) ?? '';
    return await refuse(shell, shell.dialect === 'bash' ? `${name}: invalid signal specification` : shell.dialect === 'ash' ? `bad signal name '${name}'` : `Illegal option -${name[0]}`, shell.dialect === 'dash' ? 2 : 1);
  }
  if (rest.length === 0) {
    if (shell.dialect === 'ash') await shell.stderr.write(`${shell.name}: you need to specify whom to kill\n`);
    else await shell.stderr.write(shell.dialect === 'bash' ? 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n' : `${shell.prefix('kill')}Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]\n`);
    return shell.dialect === 'ash' ? 1 : 2;
  }
  let status = 0;
  for (const target of rest) status = (await killOne(shell, target, signal)) || status;
  return status;
}

/** Signal 0 asks whether a process is there. */
function parseKill(text: string): SignalName | 'none' | undefined {
  return text === '0' ? 'none' : parseSignal(text);
}

async function killOne(shell: Shell, target: string, signal: SignalName | 'none'): Promise<number> {
  const { processes } = shell.process.machine;
  if (target.startsWith('%')) {
    const job = shell.jobs.find(target);
    if (!job) return await refuse(shell, shell.dialect === 'bash' ? `${target}: no such job` : `No such job: ${target}`, 1);
    if (signal !== 'none') job.kill(signal);
    return 0;
  }
  if (!/^-?\d+$/.test(target)) {
    return await refuse(shell, shell.dialect === 'bash' ? `${target}: arguments must be process or job IDs` : shell.dialect === 'ash' ? `invalid number '${target}'` : `Illegal number: ${target}`, shell.dialect === 'dash' ? 2 : 1);
  }
  const pid = Number(target);
  if (signal === 'none') return processes.get(Math.abs(pid)) ? 0 : await missing(shell, target);
  const found = pid < 0 ? processes.signalGroup(-pid, signal) : pid === 0 ? processes.signalGroup(processes.get(shell.process.pid)?.group ?? 0, signal) : processes.kill(pid, signal);
  return found ? 0 : await missing(shell, target);
}

async function missing(shell: Shell, target: string): Promise<number> {
  if (shell.dialect === 'dash') {
    await shell.stderr.write(`${shell.prefix('kill')}No such process\n\n`);
    return 1;
  }
  return await refuse(shell, shell.dialect === 'bash' ? `(${target}) - No such process` : `can't kill pid ${target}: No such process`, 1);
}

async function refuse(shell: Shell, message: string, status: number): Promise<number> {
  if (shell.dialect === 'ash') await shell.stderr.write(`${shell.name}: ${message}\n`);
  else await shell.complain(message, 'kill');
  return status;
}

async function listSignals(shell: Shell, args: readonly string[]): Promise<number> {
  for (const arg of args) {
    const number = Number(arg) > 128 ? Number(arg) - 128 : Number(arg);
    const name = /^\d+$/.test(arg) ? SIGNAL_LIST[number - 1] : String(SIGNAL_LIST.indexOf(arg.replace(/^SIG/i, '').toUpperCase() as (typeof SIGNAL_LIST)[number]) + 1);
    await shell.stdout.write(`${name ?? ''}\n`);
  }
  if (args.length > 0) return 0;
  if (shell.dialect === 'bash') {
    const cells = SIGNAL_LIST.map((name, index) => `${String(index + 1).padStart(2)}) SIG${name}`);
    for (let i = 0; i < cells.length; i += 5) await shell.stdout.write(`${cells.slice(i, i + 5).join('\t')}\n`);
  } else for (const [index, name] of SIGNAL_LIST.entries()) await shell.stdout.write(shell.dialect === 'ash' ? `${String(index + 1).padStart(2)}) ${name}\n` : `${name}\n`);
  return 0;
}

export async function trap(shell: Shell, args: readonly string[]): Promise<number> {
  const rest = args[0] === '--' ? args.slice(1) : args;
  if (rest.length === 0 || rest[0] === '-p') {
    for (const [name, text] of shell.traps) await shell.stdout.write(`trap -- '${text.replaceAll("'", "'\\''")}' ${shell.dialect === 'bash' && name in SIGNALS ? 'SIG' : ''}${name}\n`);
    return 0;
  }
  if (rest[0] === '-l') return await listSignals(shell, []);
  const resets = rest[0] === '-' || (rest.length === 1 && trapName(rest[0]!) !== undefined) || /^\d+$/.test(rest[0]!);
  const names = rest[0] === '-' || !resets ? rest.slice(1) : rest;
  for (const spec of names) {
    const name = trapName(spec);
    if (name === undefined) {
      await shell.complain(shell.dialect === 'bash' ? `${spec}: invalid signal specification` : shell.dialect === 'ash' ? `${spec}: invalid signal specification` : `${spec}: bad trap`, 'trap');
      return failureStatus(shell.dialect) === 1 ? 1 : 1;
    }
    shell.setTrap(name, resets ? undefined : rest[0]!);
  }
  return 0;
}

const SIGNALS: Readonly<Record<string, number>> = Object.fromEntries(Object.entries(SIGNAL_NUMBERS).map(([name, number]) => [name.slice(3), number]));

function trapName(spec: string): string | undefined {
  if (spec === '0' || spec === 'EXIT') return 'EXIT';
  if (spec === 'ERR' || spec === 'DEBUG') return spec;
  return parseSignal(spec)?.slice(3);
}
