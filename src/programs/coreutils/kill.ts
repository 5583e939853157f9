/** kill, killall, pidof, pgrep, pkill: finding processes and sending them signals. */
import { SIGNAL_LIST, parseSignal } from '../../shell/builtins/job-control.ts';
import type { Process, Program, SignalName } from '../../machine/program.ts';
import type { Task } from '../../machine/processes.ts';
import { findTasks, taskName } from './ps.ts';
import { isGnu, tool } from './tool.ts';

export const kill: Program = {
  name: 'kill',
  async run(process) {
    const { signal, rest, list } = await signalOf(process);
    if (list) return await listSignals(process, rest);
    if (signal === undefined) return 1;
    if (rest.length === 0) {
      await process.stderr.write(isGnu(process) ? '\nUsage:\n kill [options] <pid> [...]\n\n' : 'kill: you need to specify whom to kill\n');
      return 1;
    }
    let status = 0;
    const { processes } = process.machine;
    for (const target of rest) {
      const pid = Number(target);
      if (!/^-?\d+$/.test(target)) await process.stderr.write(isGnu(process) ? `kill: failed to parse argument: '${target}'\n` : `kill: invalid number '${target}'\n`);
      else if (signal === 'none' ? processes.get(pid) : pid < 0 ? processes.signalGroup(-pid, signal) : processes.kill(pid, signal)) continue;
      else await process.stderr.write(isGnu(process) ? `kill: (${target}): No such process\n` : `kill: can't kill pid ${target}: No such process\n`);
      status = 1;
    }
    return status;
  },
};

export const killall: Program = {
  name: 'killall',
  async run(process) {
    const { signal, rest, list } = await signalOf(process, 'q');
    if (list) return await listSignals(process, rest);
    if (signal === undefined) return 1;
    const isQuiet = rest.includes('-q') || rest.includes('--quiet');
    let status = 0;
    for (const name of rest.filter((word) => word !== '-q' && word !== '--quiet')) {
      if (name.startsWith('-')) {
        await process.stderr.write(`killall: ${name} is not part of this simulator\n`);
        return 1;
      }
      const found = findTasks(process, (task) => taskName(task) === name || task.comm === name);
      if (found.length === 0) {
        if (!isQuiet) await process.stderr.write(isGnu(process) ? `${name}: no process found\n` : `killall: ${name}: no process killed\n`);
        status = 1;
      }
      if (signal !== 'none') for (const { pid } of found) process.machine.processes.kill(pid, signal);
    }
    return status;
  },
};

export const pidof = tool({
  name: 'pidof', short: 'so:x', gnuOnly: 'x', absent: ['c', 'n', 'w', 'z', 'S'], withoutEffect: { x: 'a script is known by its own name anyway' },
  async run(t) {
    const pids = t.operands.flatMap((name) => findTasks(t.process, (task) => taskName(task) === name || task.comm === name).map(({ pid }) => pid));
    const omitted = t.values('o').flatMap((text) => text.split(',')).map((text) => (text === '%PPID' ? t.process.parent : Number(text)));
    const shown = pids.toReversed().filter((pid) => !omitted.includes(pid)).slice(0, t.has('s') ? 1 : undefined);
    if (shown.length > 0) await t.write(`${shown.join(' ')}\n`);
    return shown.length > 0 ? 0 : 1;
  },
});

export const pgrep = tool({
  name: 'pgrep', short: 'laxfvnoP:u:cd:',
  async run(t) {
    if (t.operands.length === 0 && !t.has('P') && !t.has('u')) {
      await t.complain(t.gnu ? "no matching criteria specified\nTry `pgrep --help' for more information." : 'no pattern');
      return t.gnu ? 2 : 1;
    }
    const found = matching(t.process, t.operands[0] ?? '', t);
    if (t.has('c')) await t.write(`${found.length}\n`);
    else if (t.has('d') && found.length > 0) await t.write(`${found.map(({ pid }) => pid).join(t.value('d'))}\n`);
    else for (const { pid, task } of found) await t.write(`${pid}${t.has('a') ? ` ${task.argv.join(' ')}` : t.has('l') ? ` ${t.gnu ? task.comm : task.argv.join(' ')}` : ''}\n`);
    return found.length > 0 ? 0 : 1;
  },
});

export const pkill: Program = {
  name: 'pkill',
  async run(process) {
    const { signal, rest } = await signalOf(process, 'fxnovu:P:');
    if (signal === undefined) return 2;
    const values = new Map<string, string>();
    const words: string[] = [];
    let flags = '';
    for (let i = 0; i < rest.length; i++) {
      const [, letter, value] = /^-([uP])(.*)$/.exec(rest[i]!) ?? [];
      if (letter) values.set(letter, value || (rest[++i] ?? ''));
      else if (/^-[a-zA-Z]+$/.test(rest[i]!)) flags += rest[i]!.slice(1);
      else words.push(rest[i]!);
    }
    const found = matching(process, words[0] ?? '', { has: (letter) => flags.includes(letter), value: (letter) => values.get(letter) });
    if (signal !== 'none') for (const { pid } of found) process.machine.processes.kill(pid, signal);
    return found.length > 0 ? 0 : 1;
  },
};

function matching(process: Process, pattern: string, flags: { has(letter: string): boolean; value(letter: string): string | undefined }) {
  const parents = flags.value('P')?.split(',').map(Number);
  const users = flags.value('u')?.split(',');
  const { processes } = process.machine;
  const regexp = new RegExp(flags.has('x') ? `^(?:${pattern})$` : pattern);
  const belongs = (task: Task) => (!parents || parents.includes(task.parentPid(processes))) && (!users || users.includes(task.options.user.name) || users.includes(String(task.options.user.uid)));
  const found = findTasks(process, (task) => belongs(task) && regexp.test(flags.has('f') ? task.argv.join(' ') : task.comm) !== flags.has('v'));
  return flags.has('n') ? found.slice(-1) : flags.has('o') ? found.slice(0, 1) : found;
}

/** `-9`, `-TERM`, `-s TERM`, and what follows; says so when it is no signal. */
async function signalOf(process: Process, others = ''): Promise<{ readonly signal: SignalName | 'none' | undefined; readonly rest: readonly string[]; readonly list?: boolean }> {
  const args = process.argv.slice(1);
  const first = args[0];
  if (first === '-l' || first === '-L') return { signal: undefined, rest: args.slice(1), list: true };
  if (first === undefined || !/^-./.test(first) || first === '--') return { signal: 'SIGTERM', rest: first === '--' ? args.slice(1) : args };
  const separate = first === '-s' || first === '--signal';
  const name = separate ? (args[1] ?? '') : first.slice(1);
  const rest = args.slice(separate ? 2 : 1);
  if (name === '0') return { signal: 'none', rest };
  const signal = parseSignal(name);
  if (signal) return { signal, rest };
  if (others !== '' && [...name].every((letter) => others.includes(letter))) return { signal: 'SIGTERM', rest: args };
  await process.stderr.write(`${process.argv[0]!.split('/').at(-1)}: ${isGnu(process) ? `unknown signal ${name}` : `bad signal name '${name}'`}\n`);
  return { signal: undefined, rest };
}

async function listSignals(process: Process, args: readonly string[]): Promise<number> {
  if (args[0] !== undefined) await process.stdout.write(/^\d+$/.test(args[0]) ? `${SIGNAL_LIST[(Number(args[0]) & 127) - 1] ?? ''}\n` : `${SIGNAL_LIST.findIndex((name) => name === args[0]!.replace(/^SIG/, '')) + 1}\n`);
  else if (isGnu(process)) await process.stdout.write(`${SIGNAL_LIST.join(' ')}\n`);
  else for (const [index, name] of SIGNAL_LIST.entries()) await process.stdout.write(`${String(index + 1).padStart(2)}) ${name}\n`);
  return 0;
}
