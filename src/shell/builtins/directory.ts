/** `cd`, `pwd`, `umask`, and bash's directory stack. The working directory is kept as the person typed it, links included. */
import { ShellError } from '../control.ts';
import { failureStatus } from '../dialect.ts';
import type { Shell } from '../shell.ts';

export async function changeDirectory(shell: Shell, args: readonly string[]): Promise<number> {
  const physical = args[0] === '-P';
  const rest = args.filter((arg, index) => !(index === 0 && /^-[LP]$/.test(arg)) && arg !== '--');
  if (rest.length > 1 && shell.dialect === 'bash') throw new ShellError('too many arguments', 1, false, 'cd');
  let target = rest[0];
  let announce = false;
  if (target === undefined) {
    target = shell.variables.get('HOME');
    if (target === undefined) throw new ShellError('HOME not set', failureStatus(shell.dialect), false, 'cd');
  } else if (target === '-') {
    target = shell.variables.get('OLDPWD');
    if (target === undefined) throw new ShellError('OLDPWD not set', failureStatus(shell.dialect), false, 'cd');
    announce = true;
  }
  const path = normalize(target.startsWith('/') ? target : `${shell.cwd}/${target}`);
  const problem = cannotEnter(shell, path);
  if (problem !== undefined) {
    const words = shell.dialect === 'bash' ? `${target}: ${problem}` : shell.dialect === 'ash' ? `can't cd to ${target}: ${problem}` : `can't cd to ${target}`;
    throw new ShellError(words, failureStatus(shell.dialect), false, 'cd');
  }
  enter(shell, physical ? shell.files.realpath(path) : path);
  if (announce) await shell.stdout.write(`${shell.cwd}\n`);
  return 0;
}

function enter(shell: Shell, path: string): void {
  shell.variables.set('OLDPWD', shell.cwd);
  shell.cwd = path;
  shell.variables.set('PWD', path);
}

function cannotEnter(shell: Shell, path: string): string | undefined {
  if (!shell.files.exists(path)) return 'No such file or directory';
  if (shell.files.stat(path).type !== 'directory') return 'Not a directory';
  return shell.files.access(path, 1) ? undefined : 'Permission denied';
}

/** Without `.`, `..` and doubled slashes, by the letters alone. */
export function normalize(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

export async function printDirectory(shell: Shell, args: readonly string[]): Promise<number> {
  await shell.stdout.write(`${args[0] === '-P' ? shell.files.realpath(shell.cwd) : shell.cwd}\n`);
  return 0;
}

const stacks = new WeakMap<Shell, string[]>();

/** `pushd`, `popd`, `dirs`. */
export async function directoryStack(shell: Shell, args: readonly string[], { argv }: { readonly argv: readonly string[] }): Promise<number> {
  const stack = stacks.get(shell) ?? [];
  stacks.set(shell, stack);
  if (argv[0] === 'pushd') {
    const here = shell.cwd;
    if (args[0] === undefined && stack.length === 0) throw new ShellError('no other directory', 1, false, 'pushd');
    await changeDirectory(shell, [args[0] ?? stack.pop()!]);
    stack.push(here);
  } else if (argv[0] === 'popd') {
    const back = stack.pop();
    if (back === undefined) throw new ShellError('directory stack empty', 1, false, 'popd');
    await changeDirectory(shell, [back]);
  }
  const home = shell.variables.get('HOME');
  const shown = [shell.cwd, ...stack.toReversed()].map((path) => (home && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path));
  await shell.stdout.write(`${shown.join(' ')}\n`);
  return 0;
}

export async function umask(shell: Shell, args: readonly string[]): Promise<number> {
  if (args[0] === undefined) await shell.stdout.write(`${shell.umask.toString(8).padStart(4, '0')}\n`);
  else if (args[0] === '-S') await shell.stdout.write(`${symbolic(0o777 & ~shell.umask)}\n`);
  else if (/^[0-7]{1,4}$/.test(args[0])) shell.umask = Number.parseInt(args[0], 8);
  else throw new ShellError(shell.dialect === 'bash' ? `${args[0]}: octal number out of range` : `Illegal mode: ${args[0]}`, failureStatus(shell.dialect), false, 'umask');
  return 0;
}

function symbolic(mode: number): string {
  const letters = (bits: number) => `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`;
  return `u=${letters(mode >> 6)},g=${letters((mode >> 3) & 7)},o=${letters(mode & 7)}`;
}
