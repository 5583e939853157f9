/** `set`, `shift`, `getopts`: options and positional parameters. */
import { ShellError } from '../control.ts';
import { failureStatus } from '../dialect.ts';
import type { Shell } from '../shell.ts';

export const OPTION_LETTERS: Readonly<Record<string, string>> = { a: 'allexport', C: 'noclobber', e: 'errexit', f: 'noglob', m: 'monitor', n: 'noexec', u: 'nounset', v: 'verbose', x: 'xtrace', b: 'notify', h: 'hashall', i: 'interactive', s: 'stdin' };
const NAMES = ['errexit', 'noglob', 'ignoreeof', 'interactive', 'monitor', 'noexec', 'stdin', 'xtrace', 'verbose', 'vi', 'emacs', 'noclobber', 'allexport', 'notify', 'nounset', 'pipefail', 'posix'];

export async function set(shell: Shell, args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    for (const name of shell.variables.names()) {
      const value = shell.variables.get(name);
      if (value !== undefined) await shell.stdout.write(`${name}=${shell.dialect === 'bash' && /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`}\n`);
    }
    return 0;
  }
  const rest = await parseOptions(shell, args);
  if (rest) shell.positional = rest;
  return 0;
}

/** Apply `-eux`, `+x`, `-o name`. @returns the positional parameters when some were given */
export async function parseOptions(shell: Shell, args: readonly string[]): Promise<readonly string[] | undefined> {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') return args.slice(i + 1);
    if (arg === '-' || !/^[-+]./.test(arg)) return args.slice(i);
    const on = arg.startsWith('-');
    for (const letter of arg.slice(1)) {
      if (letter === 'o') await named(shell, args[++i], on);
      else toggle(shell, OPTION_LETTERS[letter] ?? refuse(shell, `${on ? '-' : '+'}${letter}`), on);
    }
  }
  return undefined;
}

async function named(shell: Shell, name: string | undefined, on: boolean): Promise<void> {
  if (name === undefined) {
    if (shell.dialect === 'dash') await shell.stdout.write('Current option settings\n');
    for (const option of NAMES) await shell.stdout.write(on ? `${option.padEnd(15)}${shell.dialect === 'bash' ? '\t' : ' '}${shell.options.has(option) ? 'on' : 'off'}\n` : `set ${shell.options.has(option) ? '-' : '+'}o ${option}\n`);
    return;
  }
  // Debian's dash 0.5.12 does not know pipefail, and scripts that set it end there.
  if (!NAMES.includes(name) || (shell.dialect === 'dash' && name === 'pipefail')) refuse(shell, shell.dialect === 'bash' ? `${name}: invalid option name` : `-o ${name}`);
  toggle(shell, name, on);
}

function toggle(shell: Shell, option: string, on: boolean): void {
  if (on) shell.options.add(option);
  else shell.options.delete(option);
}

function refuse(shell: Shell, option: string): never {
  if (shell.dialect === 'bash') throw new ShellError(option.includes(' ') ? option : `${option}: invalid option`, 2, false, 'set');
  throw new ShellError(shell.dialect === 'ash' ? `illegal option ${option}` : `Illegal option ${option}`, 2, true, 'set');
}

export async function shift(shell: Shell, args: readonly string[]): Promise<number> {
  const text = args[0] ?? '1';
  if (!/^\d+$/.test(text)) throw new ShellError(shell.dialect === 'bash' ? (/^-\d+$/.test(text) ? `${text}: shift count out of range` : `${text}: numeric argument required`) : `Illegal number: ${text}`, failureStatus(shell.dialect), shell.dialect !== 'bash', 'shift');
  const count = Number(text);
  if (count > shell.positional.length) {
    if (shell.dialect === 'dash') throw new ShellError("can't shift that many", 2, true, 'shift');
    return 1;
  }
  shell.positional = shell.positional.slice(count);
  return 0;
}

/** Where in a word of several letters `getopts` stands, per shell. */
const inside = new WeakMap<Shell, { index: number; at: number }>();

export async function getopts(shell: Shell, args: readonly string[]): Promise<number> {
  const [spec, name, ...given] = args;
  if (spec === undefined || name === undefined) {
    if (shell.dialect === 'bash') await shell.stderr.write('getopts: usage: getopts optstring name [arg ...]\n');
    else throw new ShellError(shell.dialect === 'ash' ? 'usage: getopts optstring var [arg]' : 'Usage: getopts optstring var [arg...]', 2, true, 'getopts');
    return 2;
  }
  const words = given.length > 0 ? given : shell.positional;
  const silent = spec.startsWith(':');
  let index = Number(shell.variables.get('OPTIND') ?? '1') || 1;
  const state = inside.get(shell);
  let at = state && state.index === index ? state.at : 0;
  const word = words[index - 1];
  if (at === 0) {
    if (word === undefined || !/^-./.test(word) || word === '--') {
      if (word === '--') index++;
      shell.assign('OPTIND', String(index));
      shell.assign(name, '?');
      return 1;
    }
    at = 1;
  }
  const letter = word![at]!;
  const known = spec.indexOf(letter, silent ? 1 : 0);
  let value: string | undefined;
  let shown = letter;
  const more = at + 1 < word!.length;
  if (letter === ':' || known < 0) {
    shown = '?';
    if (silent) value = letter;
    else await shell.stderr.write(shell.dialect === 'bash' ? `${shell.name}: illegal option -- ${letter}\n` : shell.dialect === 'ash' ? `${shell.prefix()}illegal option -${letter}\n` : `Illegal option -${letter}\n`);
  } else if (spec[known + 1] === ':') {
    value = more ? word!.slice(at + 1) : words[index];
    if (!more) index++;
    at = word!.length - 1;
    if (value === undefined) {
      shown = silent ? ':' : '?';
      if (silent) value = letter;
      else await shell.stderr.write(shell.dialect === 'bash' ? `${shell.name}: option requires an argument -- ${letter}\n` : shell.dialect === 'ash' ? `${shell.prefix()}no arg for -${letter} option\n` : `No arg for -${letter} option\n`);
    }
  }
  if (at + 1 < word!.length) inside.set(shell, { index, at: at + 1 });
  else {
    inside.delete(shell);
    index++;
  }
  shell.assign('OPTIND', String(index));
  if (value === undefined) shell.variables.unset('OPTARG');
  else shell.assign('OPTARG', value);
  shell.assign(name, shown);
  return 0;
}
