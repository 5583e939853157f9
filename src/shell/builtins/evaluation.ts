/** `eval`, `.`, `exec`, `command`, `type`, `hash`: running things, and saying what would run. */
import { FileError } from '../../machine/file-error.ts';
import { StartError, absolute, locate } from '../../machine/executable.ts';
import { ExitShell, Return, ShellError } from '../control.ts';
import { cannotOpen, notFound } from '../dialect.ts';
import { runText } from '../execute.ts';
import type { Shell } from '../shell.ts';
import { builtinOf, invoke } from '../simple-command.ts';
import type { Builtin } from './index.ts';

const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'for', 'while', 'until', 'do', 'done', 'case', 'esac', 'in', '{', '}', '!', 'function', 'select', 'time', '[[', ']]']);

export async function evaluate(shell: Shell, args: readonly string[]): Promise<number> {
  return await runText(shell, args.join(' '));
}

export async function source(shell: Shell, args: readonly string[]): Promise<number> {
  const name = args[0];
  if (name === undefined) {
    if (shell.dialect !== 'bash') return 0;
    await shell.complain('filename argument required', '.');
    await shell.stderr.write('.: usage: . filename [arguments]\n');
    return 2;
  }
  let text: string;
  try {
    text = shell.files.read(absolute(shell.cwd, name.includes('/') ? name : findSource(shell, name)));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (shell.dialect === 'bash') throw new ShellError(`${name}: ${error.message}`, 1, false);
    throw new ShellError(shell.dialect === 'ash' ? `can't open '${name}': ${error.message}` : cannotOpen('dash', name, false, error.code, error.message), 2, true, '.');
  }
  const { positional } = shell;
  if (args.length > 1) shell.positional = args.slice(1);
  shell.sourceDepth++;
  try {
    return await runText(shell, text);
  } catch (thrown) {
    if (thrown instanceof Return) return thrown.status;
    throw thrown;
  } finally {
    shell.sourceDepth--;
    if (args.length > 1) shell.positional = positional;
  }
}

function findSource(shell: Shell, name: string): string {
  for (const directory of (shell.variables.get('PATH') ?? '').split(':')) {
    if (shell.files.exists(absolute(shell.cwd, `${directory}/${name}`))) return `${directory}/${name}`;
  }
  return name;
}

export const exec: Builtin['run'] = async (shell, args, { invocation }) => {
  const rest = args[0] === '--' ? args.slice(1) : args;
  if (rest.length === 0) {
    // Redirections without a command stay.
    invocation.before.splice(0, invocation.before.length, ...shell.streams);
    return 0;
  }
  const { cwd, stdin, stdout, stderr } = shell;
  const env = shell.variables.exported();
  const path = shell.variables.get('PATH');
  try {
    if (!rest[0]!.includes('/')) locate(rest[0]!, shell.files, { path, cwd });
    throw new ExitShell(await shell.process.exec(rest, { env: path === undefined ? env : new Map([...env, ['PATH', path]]), cwd, stdin, stdout, stderr }));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const words = error.code === 'ENOENT' ? (shell.dialect === 'bash' && rest[0]!.includes('/') ? `${rest[0]}: No such file or directory` : `${rest[0]}: not found`) : shell.dialect === 'bash' ? `${rest[0]}: cannot execute: Permission denied` : `${rest[0]}: Permission denied`;
    throw new ShellError(words, error.code === 'ENOENT' ? 127 : 126, true, 'exec');
  }
};

export const command: Builtin['run'] = async (shell, args, { invocation }) => {
  const option = args[0];
  if (option === '-v' || option === '-V') {
    let status = 127;
    // busybox ash and dash look at the first name only.
    for (const name of shell.dialect === 'bash' ? args.slice(1) : args.slice(1, 2)) {
      const found = describe(shell, name);
      if (found) await shell.stdout.write(`${option === '-v' ? found.short : found.long}\n`);
      else if (option === '-V') await shell.stdout.write(`${notFound(shell.dialect, name)}\n`);
      if (found) status = 0;
      else if (shell.dialect === 'bash' && status === 127) status = 1;
    }
    return status;
  }
  const rest = option === '-p' || option === '--' ? args.slice(1) : args;
  if (rest.length === 0) return 0;
  return await invoke(shell, rest, invocation, { functions: false });
};

export async function type(shell: Shell, args: readonly string[]): Promise<number> {
  const brief = shell.dialect === 'bash' && args[0] === '-t';
  const path = shell.dialect === 'bash' && (args[0] === '-p' || args[0] === '-P');
  let status = 0;
  for (const name of args.filter((arg) => !/^-[tpPa]$/.test(arg))) {
    const found = describe(shell, name);
    if (found) {
      if (path) await shell.stdout.write(found.kind === 'file' ? `${found.short}\n` : '');
      else await shell.stdout.write(`${brief ? found.kind : found.long}\n`);
      continue;
    }
    status = shell.dialect === 'bash' ? 1 : 127;
    if (shell.dialect !== 'bash') await shell.stdout.write(`${name}: not found\n`);
    else if (!brief && !path) await shell.complain(`${name}: not found`, 'type');
  }
  return status;
}

function describe(shell: Shell, name: string): { readonly short: string; readonly long: string; readonly kind: string } | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return { short: `alias ${name}='${alias}'`, long: shell.dialect === 'bash' ? `${name} is aliased to \`${alias}'` : `${name} is an alias for ${alias}`, kind: 'alias' };
  if (KEYWORDS.has(name)) return { short: name, long: `${name} is a shell keyword`, kind: 'keyword' };
  if (shell.functions.has(name)) {
    const definition = shell.functions.get(name)!;
    const text = definition.source.slice(definition.body.pos, definition.body.end);
    return { short: name, long: shell.dialect === 'bash' ? `${name} is a function\n${name} () \n${text}` : `${name} is a function`, kind: 'function' };
  }
  if (builtinOf(shell, name)) return { short: name, long: `${name} is a shell builtin`, kind: 'builtin' };
  try {
    const path = locate(name, shell.files, { path: shell.variables.get('PATH'), cwd: shell.cwd });
    return { short: name.includes('/') ? name : path, long: `${name} is ${path}`, kind: 'file' };
  } catch {
    return undefined;
  }
}

/** Nothing is remembered here, so there is nothing to forget. */
export async function hash(shell: Shell, args: readonly string[]): Promise<number> {
  if (args.length === 0 && shell.dialect === 'bash') await shell.stdout.write('hash: hash table empty\n');
  for (const name of args.filter((arg) => arg !== '-r')) {
    if (builtinOf(shell, name) || shell.functions.has(name) || describe(shell, name)) continue;
    await shell.complain(`${name}: not found`, 'hash');
    return 1;
  }
  return 0;
}
