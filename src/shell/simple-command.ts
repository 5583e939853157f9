/**
 * One command: its assignments, words and redirections, and then a function, a builtin or a program.
 * See POSIX, section 2.9.1. Over 250 lines because its steps must be read in order.
 */
import type { Assignment, Command, CommandArgument } from 'unbash';
import { BrokenPipe, type ExitStatus } from '../machine/program.ts';
import { StartError, absolute, locate } from '../machine/executable.ts';
import { cannotFork, ExitShell, Interrupted, Return, ShellError } from './control.ts';
import { notFound, signalWords } from './dialect.ts';
import { runCompoundBody } from './function-body.ts';
import { runText } from './execute.ts';
import { expandText, expandWords } from './expand.ts';
import { redirected } from './redirect.ts';
import type { Shell } from './shell.ts';
import { type Builtin, builtins, declarations, specialBuiltins } from './builtins/index.ts';
import { assignArray } from './builtins/declare.ts';

export async function runSimple(shell: Shell, node: Command): Promise<number> {
  if (shell.due) await shell.turn();
  shell.position = node.pos;
  const alias = aliasOf(shell, node);
  if (alias !== undefined) return await runAliased(shell, node, alias);
  shell.substituted = undefined;
  const isTail = shell.tail === node;
  const assignments = node.prefix.filter((part): part is Assignment => part.type === 'Assignment');
  const argv = node.name ? await commandWords(shell, node) : [];
  if (argv.length === 0) return await onlyAssignments(shell, node, assignments);
  let streams;
  try {
    streams = node.redirects.length > 0 ? await redirected(shell, node.redirects) : shell.streams;
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    if (error.fatal || (shell.dialect !== 'bash' && specialBuiltins.has(argv[0]!))) throw new ShellError(error.message, 2, true);
    await shell.complain(error.message);
    return error.status;
  }
  const before = shell.streams;
  shell.streams = streams;
  try {
    const prefixed = await prefixAssignments(shell, assignments);
    if (shell.options.has('xtrace')) await trace(shell, [...prefixed.map(([name, value]) => `${name}=${value}`), ...argv]);
    return await invoke(shell, argv, { prefixed, isTail, node, before });
  } finally {
    if (shell.streams === streams) shell.streams = before;
  }
}

interface Invocation {
  readonly prefixed: readonly (readonly [string, string])[];
  readonly isTail: boolean;
  readonly node: Command;
  readonly before: Shell['streams'];
}

/** Run a command by its words: used by `command`, too, which passes functions over. */
export async function invoke(shell: Shell, argv: readonly string[], invocation: Invocation, options: { readonly functions?: boolean } = {}): Promise<number> {
  const name = argv[0]!;
  const definition = options.functions === false ? undefined : shell.functions.get(name);
  const builtin = definition ? undefined : builtinOf(shell, name);
  if (!definition && !builtin) return await runProgram(shell, argv, invocation);
  const saved = invocation.prefixed.map(([variable]) => [variable, shell.variables.find(variable)] as const);
  for (const [variable, value] of invocation.prefixed) {
    shell.assign(variable, value);
    shell.variables.mark(variable, { exported: true });
  }
  try {
    if (definition) return await runFunction(shell, argv, definition);
    return await runBuiltin(shell, builtin!, argv, invocation);
  } finally {
    for (const [variable, value] of saved) {
      if (value) shell.variables.define(variable, value);
      else shell.variables.unset(variable);
    }
  }
}

export function builtinOf(shell: Shell, name: string): Builtin | undefined {
  const builtin = builtins.get(name);
  return builtin && (!builtin.dialects || builtin.dialects.includes(shell.dialect)) ? builtin : undefined;
}

async function runBuiltin(shell: Shell, builtin: Builtin, argv: readonly string[], invocation: Invocation): Promise<number> {
  try {
    return await builtin.run(shell, argv.slice(1), { argv, invocation });
  } catch (error) {
    if (error instanceof BrokenPipe && !shell.process.signal.aborted) throw error;
    if (!(error instanceof ShellError)) throw error;
    if (error.fatal && specialBuiltins.has(argv[0]!)) throw error;
    await shell.complain(error.message, error.builtin);
    return error.status;
  }
}

async function runFunction(shell: Shell, argv: readonly string[], definition: { readonly body: Parameters<typeof runCompoundBody>[1]; readonly source: string }): Promise<number> {
  const { positional, source, loopDepth, tail } = shell;
  if (shell.functionDepth >= 1000) throw new ShellError(`${argv[0]}: maximum function nesting level exceeded (1000)`, 1, true);
  shell.positional = argv.slice(1);
  shell.source = definition.source;
  shell.loopDepth = 0;
  shell.functionDepth++;
  shell.tail = undefined;
  shell.variables.enterFunction();
  try {
    return await runCompoundBody(shell, definition.body);
  } catch (error) {
    if (error instanceof Return) return error.status;
    throw error;
  } finally {
    shell.variables.leaveFunction();
    shell.functionDepth--;
    Object.assign(shell, { positional, source, loopDepth, tail });
  }
}

async function runProgram(shell: Shell, argv: readonly string[], { prefixed, isTail, node, before }: Invocation): Promise<number> {
  const env = shell.variables.exported();
  const searchPath = prefixed.find(([name]) => name === 'PATH')?.[1] ?? shell.variables.get('PATH');
  for (const [name, value] of prefixed) env.set(name, value);
  const { stdin, stdout, stderr, cwd } = shell;
  const options = { env, cwd, stdin, stdout, stderr };
  let full: readonly string[] = argv;
  try {
    // PATH is the shell's, exported or not.
    if (!argv[0]!.includes('/')) locate(argv[0]!, shell.files, { path: searchPath, cwd });
    else if (shell.files.exists(absolute(cwd, argv[0]!)) && shell.files.stat(absolute(cwd, argv[0]!)).type === 'directory') throw new StartError('EISDIR', argv[0]!, false);
    if (searchPath !== undefined && !env.has('PATH')) options.env = new Map([...env, ['PATH', searchPath]]);
    if (isTail && shell.traps.size === 0) throw new ExitShell(await shell.process.exec(full, options));
    return await waitFor(shell, shell.process.spawn(full, options), node, before);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    if (error.code === 'ENOEXEC') {
      // A text without #! is a script of this very shell.
      full = [shell.process.argv[0]!, absolute(cwd, argv[0]!.includes('/') ? argv[0]! : locate(argv[0]!, shell.files, { path: searchPath, cwd })), ...argv.slice(1)];
      return await waitFor(shell, shell.process.spawn(full, options), node, before);
    }
    return await cannotStart(shell, argv[0]!, error);
  }
}

async function cannotStart(shell: Shell, name: string, error: StartError): Promise<number> {
  if (error.code === 'EAGAIN') throw cannotFork(shell.dialect);
  if (error.code === 'ENOENT') {
    await shell.complain(notFound(shell.dialect, name));
    return 127;
  }
  const words = error.code === 'EISDIR' && shell.dialect === 'bash' ? 'Is a directory' : 'Permission denied';
  await shell.complain(`${name}: ${words}`);
  return 126;
}

async function waitFor(shell: Shell, child: { readonly pid: number; readonly status: Promise<ExitStatus> }, node: Command, streams: Shell['streams']): Promise<number> {
  const status = await child.status;
  if (status.signal === 'SIGINT' && shell.interruptible) throw new Interrupted();
  // The shell says so itself, where the command's own redirections do not reach.
  if (shell.dialect === 'bash') shell.streams = streams;
  await reportSignal(shell, status, child.pid, shell.source.slice(node.pos, node.end));
  return status.code;
}

/** Tell that a command died of a signal, as each shell does. */
export async function reportSignal(shell: Shell, status: ExitStatus, pid: number, text: string): Promise<void> {
  const words = status.signal && signalWords(status.signal);
  if (!words) return;
  if (shell.dialect === 'bash') await shell.stderr.write(shell.mode === 'interactive' ? `${words}\n` : `${shell.prefix()}${String(pid).padStart(5)} ${words.padEnd(23)} ${text}\n`);
  else await shell.stderr.write(`${words}\n`);
}

/** Words of the command; `a=b` after a declaring builtin is not split. */
async function commandWords(shell: Shell, node: Command): Promise<string[]> {
  const argv = await expandWords(shell, [node.name!]);
  for (const argument of node.args) {
    if (argument.type === 'Word') argv.push(...(await expandWords(shell, [argument])));
    else argv.push(await declarationWord(shell, argument, argv[0] ?? ''));
  }
  return argv;
}

async function declarationWord(shell: Shell, argument: CommandArgument & { type: 'Assignment' }, command: string): Promise<string> {
  if (argument.value.type === 'ArrayValue') {
    const local = (command === 'local' || command === 'declare') && shell.functionDepth > 0;
    if (local) shell.variables.localize(argument.name, false);
    await assignArray(shell, argument, declarations.has(command));
    return argument.name;
  }
  const value = await expandText(shell, argument.value, true);
  return `${argument.name}${argument.append ? '+' : ''}=${value}`;
}

async function onlyAssignments(shell: Shell, node: Command, assignments: readonly Assignment[]): Promise<number> {
  for (const assignment of assignments) {
    const shown = await assign(shell, assignment);
    if (shell.options.has('xtrace')) await trace(shell, [shown]);
  }
  if (node.redirects.length > 0) {
    try {
      await redirected(shell, node.redirects);
    } catch (error) {
      if (!(error instanceof ShellError) || error.fatal) throw error;
      await shell.complain(error.message);
      return error.status;
    }
  }
  return shell.substituted ?? 0;
}

async function assign(shell: Shell, assignment: Assignment): Promise<string> {
  const { name, value, index, append } = assignment;
  if (value.type === 'ArrayValue' || index) {
    await assignArray(shell, assignment, false);
    return assignment.text;
  }
  const text = await expandText(shell, value, true);
  const integer = shell.variables.find(name)?.integer;
  const old = shell.variables.get(name) ?? '';
  shell.assign(name, append ? (integer ? String(Number(old) + Number(text)) : old + text) : text);
  return `${name}=${text}`;
}

async function prefixAssignments(shell: Shell, assignments: readonly Assignment[]): Promise<readonly (readonly [string, string])[]> {
  const prefixed: (readonly [string, string])[] = [];
  for (const { name, value, append } of assignments) {
    if (value.type === 'ArrayValue') continue;
    if (shell.variables.isReadonly(name)) shell.assign(name, '');
    const text = await expandText(shell, value, true);
    prefixed.push([name, append ? (shell.variables.get(name) ?? '') + text : text]);
  }
  return prefixed;
}

async function trace(shell: Shell, words: readonly string[]): Promise<void> {
  const quoted = words.map((word) => (word !== '' && /^[\w@%+=:,./\-[\]]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  await shell.stderr.write(`${shell.variables.get('PS4') ?? '+ '}${(shell.dialect === 'dash' ? words : quoted).join(' ')}\n`);
}

const expanding = new WeakMap<Shell, Set<string>>();

/** The alias that stands for a command's name: in interactive bash, and always in the POSIX shells. */
function aliasOf(shell: Shell, node: Command): string | undefined {
  if (shell.aliases.size === 0 || !node.name || node.name.parts || node.name.text !== node.name.value) return undefined;
  if (shell.dialect === 'bash' && shell.mode !== 'interactive' && !shell.options.has('expand_aliases')) return undefined;
  if (expanding.get(shell)?.has(node.name.text)) return undefined;
  return shell.aliases.get(node.name.text);
}

async function runAliased(shell: Shell, node: Command, text: string): Promise<number> {
  const active = expanding.get(shell) ?? new Set();
  expanding.set(shell, active);
  const name = node.name!.text;
  active.add(name);
  try {
    return await runText(shell, shell.source.slice(node.pos, node.name!.pos) + text + shell.source.slice(node.name!.end, node.end));
  } finally {
    active.delete(name);
  }
}
