/** `alias`, `history`, `let`, `shopt`, `times`, `ulimit`. */
import { evaluate } from '../arithmetic.ts';
import { ShellError } from '../control.ts';
import { withCommands } from '../expand.ts';
import { parseArithmetic } from '../parse.ts';
import type { Shell } from '../shell.ts';

export async function alias(shell: Shell, args: readonly string[]): Promise<number> {
  const shown = (name: string, value: string) => `${shell.dialect === 'bash' ? 'alias ' : ''}${name}='${value.replaceAll("'", "'\\''")}'\n`;
  if (args.length === 0) for (const [name, value] of shell.aliases) await shell.stdout.write(shown(name, value));
  let status = 0;
  for (const arg of args) {
    const cut = arg.indexOf('=');
    if (cut > 0) shell.aliases.set(arg.slice(0, cut), arg.slice(cut + 1));
    else if (shell.aliases.has(arg)) await shell.stdout.write(shown(arg, shell.aliases.get(arg)!));
    else {
      if (shell.dialect === 'bash') await shell.complain(`${arg}: not found`, 'alias');
      else await shell.stderr.write(`alias: ${arg} not found\n`);
      status = 1;
    }
  }
  return status;
}

export async function unalias(shell: Shell, args: readonly string[]): Promise<number> {
  if (args[0] === '-a') shell.aliases.clear();
  for (const name of args.filter((arg) => arg !== '-a')) {
    if (shell.aliases.delete(name)) continue;
    await shell.complain(`${name}${shell.dialect === 'bash' ? '' : ''}: not found`, 'unalias');
    return 1;
  }
  return 0;
}

const histories = new WeakMap<Shell, string[]>();

/** The lines typed at a shell's prompt, oldest first. */
export function historyOf(shell: Shell): string[] {
  const known = histories.get(shell) ?? [];
  histories.set(shell, known);
  return known;
}

export async function history(shell: Shell, args: readonly string[]): Promise<number> {
  const lines = historyOf(shell);
  if (args[0] === '-c') lines.length = 0;
  const from = /^\d+$/.test(args[0] ?? '') ? Math.max(0, lines.length - Number(args[0])) : 0;
  for (const [index, line] of lines.slice(from).entries()) {
    const number = from + index + (shell.dialect === 'bash' ? 1 : 0);
    await shell.stdout.write(shell.dialect === 'bash' ? `${String(number).padStart(5)}  ${line}\n` : `${String(number).padStart(4)} ${line}\n`);
  }
  return 0;
}

export async function letArithmetic(shell: Shell, args: readonly string[]): Promise<number> {
  let value = 0n;
  for (const text of args) value = await withCommands(shell, (memo) => evaluate(parseArithmetic(text), shell.arithmetic(memo), text));
  return value === 0n ? 1 : 0;
}

/** The options of bash that mean something here. */
const SHOPT = ['expand_aliases', 'extglob', 'nocasematch', 'nullglob'];

export async function shopt(shell: Shell, args: readonly string[]): Promise<number> {
  const letters = args.filter((arg) => /^-[suqp]+$/.test(arg)).join('');
  const names = args.filter((arg) => !arg.startsWith('-'));
  let status = 0;
  for (const name of names.length > 0 ? names : SHOPT) {
    if (!SHOPT.includes(name)) throw new ShellError(`${name}: invalid shell option name`, 1, false, 'shopt');
    if (letters.includes('s')) shell.options.add(name);
    else if (letters.includes('u')) shell.options.delete(name);
    else {
      if (!letters.includes('q')) await shell.stdout.write(`${name.padEnd(15)}\t${shell.options.has(name) ? 'on' : 'off'}\n`);
      if (!shell.options.has(name)) status = 1;
    }
  }
  return names.length > 0 ? status : 0;
}

/** Differs from Linux: programs use no processor time here. */
export async function times(shell: Shell): Promise<number> {
  const zero = shell.dialect === 'dash' ? '0m0.000000s' : '0m0.000s';
  await shell.stdout.write(`${zero} ${zero}\n${zero} ${zero}\n`);
  return 0;
}

/** The limits that a container usually has. */
const LIMITS: readonly (readonly [letter: string, name: string, unit: string, value: string])[] = [
  ['c', 'core file size', 'blocks', 'unlimited'], ['d', 'data seg size', 'kbytes', 'unlimited'], ['f', 'file size', 'blocks', 'unlimited'],
  ['n', 'open files', '', '1048576'], ['s', 'stack size', 'kbytes', '8192'], ['t', 'cpu time', 'seconds', 'unlimited'], ['u', 'max user processes', '', 'unlimited'], ['v', 'virtual memory', 'kbytes', 'unlimited'],
];

/** Shows limits. Setting one is refused, as nothing here would obey it. */
export async function ulimit(shell: Shell, args: readonly string[]): Promise<number> {
  const letter = (args.find((arg) => arg.startsWith('-')) ?? '-f').replace(/[-HS]/g, '') || 'f';
  const value = args.find((arg) => !arg.startsWith('-'));
  if (value !== undefined) throw new ShellError(shell.dialect === 'bash' ? `limits cannot be changed here: Operation not permitted` : 'error setting limit: Operation not permitted', shell.dialect === 'bash' ? 1 : 2, false, 'ulimit');
  if (letter === 'a') {
    for (const [short, name, unit, limit] of LIMITS) await shell.stdout.write(`${name.padEnd(24)} ${`(${unit ? `${unit}, ` : ''}-${short})`.padStart(14)} ${limit}\n`);
    return 0;
  }
  const limit = LIMITS.find(([short]) => short === letter);
  if (!limit) throw new ShellError(shell.dialect === 'bash' ? `-${letter}: invalid option` : `${shell.dialect === 'ash' ? 'illegal' : 'Illegal'} option -${letter}`, 2, false, 'ulimit');
  await shell.stdout.write(`${limit[3]}\n`);
  return 0;
}
