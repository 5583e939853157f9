/**
 * The shell as a program: `sh`, `ash`, `dash`, `bash`. Which of them `sh` is depends on the image: busybox's where
 * there is a busybox, Debian's dash elsewhere.
 */
import { FileError } from '../machine/file-error.ts';
import { absolute } from '../machine/executable.ts';
import type { FileSystem } from '../machine/files.ts';
import type { Process, Program } from '../machine/program.ts';
import { ExitShell } from './control.ts';
import { type Dialect, cannotOpen } from './dialect.ts';
import { runText } from './execute.ts';
import { OPTION_LETTERS } from './builtins/set.ts';
import { runInteractive, runStandardInput } from './interactive.ts';
import { Shell } from './shell.ts';

export { Shell } from './shell.ts';

/** A shell by the name it is started under. */
export function createShell(name: string): Program {
  return { name, run: (process) => runShell(process, dialectOf(name, process.files)) };
}

export const shPrograms: readonly Program[] = ['sh', 'ash', 'dash', 'bash'].map(createShell);

function dialectOf(name: string, files: FileSystem): Dialect {
  if (name === 'bash' || name === 'ash' || name === 'dash') return name;
  return files.exists('/bin/busybox') ? 'ash' : 'dash';
}

interface Invocation {
  command?: string;
  script?: string;
  interactive: boolean;
  login: boolean;
  rest: readonly string[];
}

async function runShell(process: Process, dialect: Dialect): Promise<number> {
  const arg0 = process.argv[0]!;
  const shell = new Shell(process, dialect, arg0.replace(/^-/, ''));
  adoptEnvironment(shell);
  const invocation = await parseArguments(shell, process.argv.slice(1), arg0.startsWith('-'));
  if (typeof invocation === 'number') return invocation;
  return await shell.guard(() => begin(shell, invocation));
}

async function begin(shell: Shell, { command, script, interactive, login, rest }: Invocation): Promise<number> {
  if (login) await startupFile(shell, '/etc/profile');
  if (command !== undefined) {
    if (rest[0] !== undefined) shell.name = rest[0];
    shell.positional = rest.slice(1);
    return await runText(shell, command, { tail: true });
  }
  shell.positional = rest;
  if (script !== undefined) {
    shell.mode = 'script';
    const text = await readScript(shell, script);
    shell.name = script;
    return await runText(shell, text);
  }
  if (interactive) {
    return await runInteractive(shell, login);
  }
  shell.mode = 'script';
  // Reading line by line lets commands of the script read the rest of it, as `ssh host sh < script` shows.
  return await runStandardInput(shell);
}

async function readScript(shell: Shell, script: string): Promise<string> {
  try {
    return shell.files.read(absolute(shell.cwd, script));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const start = shell.dialect === 'dash' ? `${shell.name}: 0: ` : `${shell.name}: `;
    const words = shell.dialect === 'ash' ? `can't open '${script}': ${error.message}` : shell.dialect === 'dash' ? cannotOpen('dash', script, false, error.code, error.message) : `${script}: ${error.message}`;
    await shell.stderr.write(`${start}${words}\n`);
    throw new ExitShell(shell.dialect === 'bash' && error.code !== 'ENOENT' ? 126 : shell.dialect === 'bash' ? 127 : 2);
  }
}

async function startupFile(shell: Shell, path: string): Promise<void> {
  if (shell.files.exists(path)) await runText(shell, shell.files.read(path));
}

async function parseArguments(shell: Shell, args: readonly string[], loginName: boolean): Promise<Invocation | number> {
  let command = false;
  let stdin = false;
  let login = loginName;
  let interactive = false;
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      i++;
      break;
    }
    if (!/^[-+]./.test(arg)) break;
    if (arg === '--login') login = true;
    else if (arg === '--norc' || arg === '--noprofile' || arg === '--posix') continue;
    else if (arg === '--version' && shell.dialect === 'bash') {
      await shell.stdout.write('GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n');
      return 0;
    } else for (const letter of arg.slice(1)) {
      const option = OPTION_LETTERS[letter];
      if (letter === 'c') command = true;
      else if (letter === 's') stdin = true;
      else if (letter === 'l') login = true;
      else if (letter === 'i') interactive = true;
      else if (letter === 'o') {
        const name = args[++i] ?? '';
        if (arg.startsWith('-')) shell.options.add(name);
        else shell.options.delete(name);
      } else if (option) {
        if (arg.startsWith('-')) shell.options.add(option);
        else shell.options.delete(option);
      } else return await refuse(shell, arg, letter);
    }
  }
  const rest = args.slice(i);
  if (command) {
    if (rest[0] === undefined) {
      await shell.stderr.write(shell.dialect === 'dash' ? `${shell.name}: 0: -c requires an argument\n` : `${shell.name}: ${shell.dialect === 'bash' ? '-c: option requires an argument' : '-c requires an argument'}\n`);
      return 2;
    }
    return { command: rest[0], interactive: false, login, rest: rest.slice(1) };
  }
  if (rest[0] !== undefined && !stdin) return { script: rest[0], interactive: false, login, rest: rest.slice(1) };
  return { interactive: interactive || shell.process.terminal !== undefined, login, rest };
}

async function refuse(shell: Shell, arg: string, letter: string): Promise<number> {
  if (shell.dialect === 'bash') await shell.stderr.write(`${shell.name}: ${arg}: invalid option\n`);
  else await shell.stderr.write(shell.dialect === 'ash' ? `${shell.name}: illegal option -${letter}\n` : `${shell.name}: 0: Illegal option -${letter}\n`);
  return 2;
}

/** A shell begins with its environment, exported, and with what it needs of its own. */
function adoptEnvironment(shell: Shell): void {
  const { variables, process } = shell;
  for (const [name, value] of process.env) if (/^[A-Za-z_]\w*$/.test(name)) variables.define(name, { value, exported: true });
  variables.set('IFS', ' \t\n');
  variables.set('OPTIND', '1');
  variables.set('PS4', '+ ');
  if (variables.get('PATH') === undefined) variables.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  const inherited = variables.get('PWD');
  if (inherited !== undefined && inherited !== shell.cwd && sameDirectory(shell, inherited)) shell.cwd = inherited;
  variables.set('PWD', shell.cwd);
  if (shell.dialect === 'bash') {
    variables.set('BASH_VERSION', '5.2.15(1)-release');
    variables.set('BASH', '/bin/bash');
    variables.set('HOSTNAME', process.hostname);
    variables.define('SHLVL', { value: String(Number(variables.get('SHLVL') ?? '0') + 1), exported: true });
    variables.mark('PWD', { exported: true });
  }
  if (process.parent > 0) variables.set('PPID', String(process.parent));
}

function sameDirectory(shell: Shell, path: string): boolean {
  try {
    return shell.files.realpath(path) === shell.files.realpath(shell.cwd);
  } catch {
    return false;
  }
}
