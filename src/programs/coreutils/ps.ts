/**
 * ps of procps (`ps aux`, `ps -ef`, `-o`) and of busybox. A node sees the processes of its containers, too.
 *
 * Differs from Linux: programs use no memory or processor time of their own here, so those columns show nothing of it.
 */
import { basename } from './names.ts';
import { type Task } from '../../machine/processes.ts';
import { type Process, type Program } from '../../machine/program.ts';
import { stateOf } from './process-state.ts';
import { strftime } from './time.ts';
import { isGnu } from './tool.ts';

interface Row {
  readonly pid: number;
  readonly ppid: number;
  readonly task: Task;
}

/** Columns of `-o`, with the heading and the width that procps gives them. */
const COLUMNS: Readonly<Record<string, { readonly head: string; readonly width: number; readonly left?: boolean; value(row: Row, process: Process): string }>> = {
  pid: { head: 'PID', width: 7, value: ({ pid }) => String(pid) },
  ppid: { head: 'PPID', width: 7, value: ({ ppid }) => String(ppid) },
  pgid: { head: 'PGID', width: 7, value: ({ task }) => String(task.group) },
  user: { head: 'USER', width: 8, left: true, value: ({ task }) => task.options.user.name },
  uid: { head: 'UID', width: 5, value: ({ task }) => String(task.options.user.uid) },
  comm: { head: 'COMMAND', width: 15, left: true, value: ({ task }) => task.comm },
  args: { head: 'COMMAND', width: 27, left: true, value: ({ task }) => task.argv.join(' ') },
  stat: { head: 'STAT', width: 4, left: true, value: ({ task }, process) => stateIn(process)(task) },
  tty: { head: 'TT', width: 8, left: true, value: ({ task }) => task.options.terminal?.name ?? '?' },
  time: { head: 'TIME', width: 8, value: () => '00:00:00' },
  etime: { head: 'ELAPSED', width: 11, value: ({ task }, process) => elapsed(process.machine.clock.now() - task.options.startedAtMs) },
  pcpu: { head: '%CPU', width: 4, value: () => '0.0' },
  pmem: { head: '%MEM', width: 4, value: () => '0.0' },
  vsz: { head: 'VSZ', width: 6, value: () => '4364' },
  rss: { head: 'RSS', width: 5, value: () => '1500' },
};

const ALIASES: Readonly<Record<string, string>> = { cmd: 'args', command: 'args', ucmd: 'comm', tt: 'tty', '%cpu': 'pcpu', '%mem': 'pmem', uname: 'user', s: 'stat', state: 'stat', vsize: 'vsz', rssize: 'rss' };

export const ps: Program = {
  name: 'ps',
  run: (process) => (isGnu(process) ? procps(process) : busybox(process)),
};

function rowsOf(process: Process): Row[] {
  const { processes } = process.machine;
  return processes.list().map((task) => ({ pid: processes.pidOf(task)!, ppid: task.parentPid(processes), task })).sort((a, b) => a.pid - b.pid);
}

/** The state of any task, as seen by this process. */
function stateIn(process: Process): (task: Task) => string {
  const { processes } = process.machine;
  const self = processes.get(process.pid);
  return (task) => stateOf(task, processes.list(), self);
}

async function busybox(process: Process): Promise<number> {
  const args = process.argv.slice(1);
  const format = valueOf(args, 'o');
  if (format !== undefined) return await custom(process, rowsOf(process), format);
  const bad = args.find((arg) => /^-./.test(arg) && !/^-[aefTwl]+$/.test(arg));
  if (bad) {
    await process.stderr.write(`ps: unrecognized option: ${bad.slice(1, 2)}\n`);
    return 1;
  }
  await process.stdout.write('PID   USER     TIME  COMMAND\n');
  const width = process.terminal && !args.some((arg) => arg.includes('w')) ? process.terminal.columns - 1 : Number.POSITIVE_INFINITY;
  for (const { pid, task } of rowsOf(process)) {
    const line = `${String(pid).padStart(5)} ${task.options.user.name.slice(0, 8).padEnd(8)}  0:00 ${task.argv.join(' ')}`;
    await process.stdout.write(`${line.slice(0, width)}\n`);
  }
  return 0;
}

async function procps(process: Process): Promise<number> {
  const args = process.argv.slice(1);
  const letters = args.filter((arg) => /^-?[a-zA-Z]+$/.test(arg) && !['-o', '-p', '-C', '-u'].includes(arg)).join('');
  const everything = /[eA]/.test(args.filter((arg) => arg.startsWith('-')).join('')) || /[ax]/.test(letters);
  const pids = valueOf(args, 'p')?.split(',').map(Number) ?? args.filter((arg) => /^\d+$/.test(arg)).map(Number);
  const named = valueOf(args, 'C');
  const own = process.machine.processes.get(process.pid)?.options.terminal;
  const rows = rowsOf(process).filter(({ pid, task }) => {
    if (pids.length > 0) return pids.includes(pid);
    if (named !== undefined) return task.comm === named;
    return everything || (own ? task.options.terminal === own : !task.options.terminal && task.options.user.uid === process.user.uid && pid === process.pid) || task.pid === process.parent;
  });
  const format = valueOf(args, 'o');
  if (format !== undefined) return await custom(process, rows, format);
  const width = process.terminal && !letters.includes('ww') ? process.terminal.columns : Number.POSITIVE_INFINITY;
  const show = (line: string) => process.stdout.write(`${line.slice(0, width)}\n`);
  const state = stateIn(process);
  const now = process.machine.clock.unixMs();
  const start = (task: Task) => strftime('%H:%M', now - (process.machine.clock.now() - task.options.startedAtMs));
  if (args.some((arg) => !arg.startsWith('-') && arg.includes('u'))) {
    await show('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND');
    for (const { pid, task } of rows) await show(`${task.options.user.name.slice(0, 8).padEnd(8)} ${String(pid).padStart(7)}  0.0  0.0   4364  1500 ${(task.options.terminal?.name ?? '?').padEnd(8)} ${state(task).padEnd(4)} ${start(task).padEnd(5)}   0:00 ${task.argv.join(' ')}`);
  } else if (letters.includes('f')) {
    await show('UID          PID    PPID  C STIME TTY          TIME CMD');
    for (const { pid, ppid, task } of rows) await show(`${task.options.user.name.slice(0, 8).padEnd(8)} ${String(pid).padStart(7)} ${String(ppid).padStart(7)}  0 ${start(task)} ${(task.options.terminal?.name ?? '?').padEnd(8)} 00:00:00 ${task.argv.join(' ')}`);
  } else {
    const long = args.some((arg) => /^[a-z]+$/.test(arg)) && !/[eA]/.test(letters);
    await show(long ? '    PID TTY      STAT   TIME COMMAND' : '    PID TTY          TIME CMD');
    for (const { pid, task } of rows) await show(long ? `${String(pid).padStart(7)} ${(task.options.terminal?.name ?? '?').padEnd(8)} ${state(task).padEnd(4)}   0:00 ${task.argv.join(' ')}` : `${String(pid).padStart(7)} ${(task.options.terminal?.name ?? '?').padEnd(8)} 00:00:00 ${task.comm}`);
  }
  return rows.length > 0 ? 0 : 1;
}

/** `-o pid,ppid,args` and `-o args=` without heading. */
async function custom(process: Process, rows: readonly Row[], format: string): Promise<number> {
  const columns = format.split(/[, ]+/).filter((part) => part !== '').map((part) => {
    const [name = '', head] = part.split(/=(.*)/s);
    const column = COLUMNS[ALIASES[name] ?? name];
    return { name, column, head: head ?? column?.head };
  });
  const unknown = columns.find(({ column }) => !column);
  if (unknown) {
    await process.stderr.write(isGnu(process) ? `error: unknown user-defined format specifier "${unknown.name}"\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n` : `ps: bad -o argument '${unknown.name}', supported arguments: user,group,comm,args,pid,ppid,pgid,etime,nice,rgroup,ruser,time,tty,vsz,stat,rss\n`);
    return 1;
  }
  const line = (cells: readonly string[]) => cells.map((cell, index) => {
    const { width, left } = columns[index]!.column!;
    const last = index === cells.length - 1;
    return left ? (last ? cell : cell.padEnd(width)) : cell.padStart(width);
  }).join(' ');
  if (columns.some(({ head }) => head !== '')) await process.stdout.write(`${line(columns.map(({ head, column }) => head ?? column!.head))}\n`);
  for (const row of rows) await process.stdout.write(`${line(columns.map(({ column }) => column!.value(row, process)))}\n`);
  return 0;
}

function valueOf(args: readonly string[], letter: string): string | undefined {
  for (const [index, arg] of args.entries()) {
    if (/^-[a-zA-Z]+$/.test(arg) && arg.endsWith(letter)) return args[index + 1];
    if (arg.startsWith(`-${letter}`) && arg.length > 2 && letter !== 'e') return arg.slice(2);
    if (letter === 'o' && (arg === 'o' || /^[a-z]+o$/.test(arg)) && index === 0) return args[index + 1];
  }
  return undefined;
}

/** `[[DD-]hh:]mm:ss`. */
function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  return `${days > 0 ? `${two(days)}-` : ''}${days > 0 || hours > 0 ? `${two(hours)}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Tasks whose program has this name, or whose command line matches, with their numbers here. */
export function findTasks(process: Process, matches: (task: Task) => boolean): readonly { readonly pid: number; readonly task: Task }[] {
  return rowsOf(process).filter(({ pid, task }) => pid !== process.pid && matches(task));
}

export const taskName = (task: Task): string => basename(task.argv[0] ?? '');
