/**
 * A shell that talks: prompts, lines that are not finished yet, history, ^C; and a script that arrives on standard
 * input. Reading keys is the line editor's business.
 */
import { BrokenPipe, Killed } from '../machine/program.ts';
import { readLine } from '../machine/streams.ts';
import { homeOf } from '../machine/users.ts';
import { historyOf } from './builtins/surroundings.ts';
import { jobLine } from './builtins/job-control.ts';
import { ExitShell, Interrupted, LoopControl, Return, ShellError, SyntaxFailure } from './control.ts';
import { runText } from './execute.ts';
import { editLine } from './line-editor.ts';
import { parseScript } from './parse.ts';
import { promptText } from './prompt.ts';
import type { Shell } from './shell.ts';

export async function runInteractive(shell: Shell, login: boolean): Promise<number> {
  const { process } = shell;
  shell.mode = 'interactive';
  shell.options.add('interactive');
  shell.interruptible = true;
  process.onSignal('SIGINT', () => shell.interrupt());
  process.onSignal('SIGTERM', () => undefined);
  process.onSignal('SIGQUIT', () => undefined);
  const home = shell.variables.get('HOME') ?? homeOf(process.user.uid, shell.files);
  shell.variables.set('HOME', home);
  for (const path of startupFiles(shell, home, login)) if (shell.files.exists(path)) await runText(shell, shell.files.read(path));
  if (shell.variables.get('PS1') === undefined) shell.variables.set('PS1', shell.dialect === 'bash' ? '\\s-\\v\\$ ' : shell.dialect === 'ash' ? '\\w \\$ ' : process.user.uid === 0 ? '# ' : '$ ');
  shell.variables.set('PS2', shell.variables.get('PS2') ?? '> ');
  let lines = 0;
  for (;;) {
    await reportJobs(shell);
    const text = await readCommand(shell);
    if (text === undefined) {
      // ^D: bash says what it does.
      await shell.stderr.write(shell.dialect === 'bash' ? 'exit\n' : '\n');
      return shell.lastStatus;
    }
    lines++;
    shell.lineOffset = lines - 1;
    try {
      shell.lastStatus = text === '' ? shell.lastStatus : await runText(shell, text);
    } catch (error) {
      await recover(shell, error);
    }
  }
}

function startupFiles(shell: Shell, home: string, login: boolean): string[] {
  if (shell.dialect === 'bash') return login ? [`${home}/.bash_profile`, `${home}/.profile`].filter((path) => shell.files.exists(path)).slice(0, 1) : ['/etc/bash.bashrc', `${home}/.bashrc`];
  const environment = shell.variables.get('ENV');
  return [...(login ? [`${home}/.profile`] : []), ...(environment ? [environment] : [])];
}

/** At a prompt, an error ends the command, not the shell. */
async function recover(shell: Shell, error: unknown): Promise<void> {
  shell.loopDepth = 0;
  shell.conditionDepth = 0;
  shell.functionDepth = 0;
  shell.streams = [shell.process.stdin, shell.process.stdout, shell.process.stderr, ...shell.streams.slice(3)];
  if (error instanceof SyntaxFailure) shell.lastStatus = 2;
  else if (error instanceof ExitShell) throw error;
  else if (error instanceof Interrupted) {
    shell.clearInterrupt();
    shell.lastStatus = 130;
    await shell.stderr.write('\n');
  } else if (error instanceof ShellError) {
    await shell.complain(error.message, error.builtin);
    shell.lastStatus = error.status;
  } else if (error instanceof LoopControl || error instanceof Return) shell.lastStatus = 0;
  else if (error instanceof BrokenPipe && !shell.process.signal.aborted) shell.lastStatus = 141;
  else throw error;
}

async function reportJobs(shell: Shell): Promise<void> {
  for (const job of shell.jobs.list()) {
    if (!job.status) continue;
    await shell.stderr.write(`${jobLine(shell, job)}\n`);
    shell.jobs.forget(job);
  }
}

/** One complete command, over as many lines as it takes; undefined at the end of the input. */
async function readCommand(shell: Shell): Promise<string | undefined> {
  let text = '';
  for (let prompt = 'PS1'; ; prompt = 'PS2') {
    let line: string | undefined;
    try {
      line = await readPromptLine(shell, promptText(shell, shell.variables.get(prompt) ?? ''));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      shell.clearInterrupt();
      shell.lastStatus = 130;
      return '';
    }
    if (line === undefined) return text === '' ? undefined : text;
    text += line;
    if (text.trim() === '') return '';
    const answer = parseScript(text);
    if (answer.kind !== 'incomplete' && !/(?:^|[^\\])(?:\\\\)*\\$/.test(text)) break;
    text += '\n';
  }
  // A program that handled ^C itself, as ping does, left the shell with one that means nothing any more.
  shell.clearInterrupt();
  const history = historyOf(shell);
  if (history.at(-1) !== text) history.push(text);
  return text;
}

async function readPromptLine(shell: Shell, prompt: string): Promise<string | undefined> {
  const { terminal } = shell.process;
  if (terminal) return await editLine(shell, prompt, historyOf(shell));
  await shell.stderr.write(prompt);
  return (await readLine(shell.stdin))?.replace(/\n$/, '');
}

/** A script on standard input: each command runs before the next is read, so commands may read from the same stream. */
export async function runStandardInput(shell: Shell): Promise<number> {
  let text = '';
  let line = 0;
  let begun = 0;
  for (;;) {
    const next = await readLine(shell.stdin);
    if (next === undefined) break;
    text += next;
    line++;
    const answer = parseScript(text);
    if (answer.kind === 'incomplete') continue;
    shell.lineOffset = begun;
    begun = line;
    try {
      shell.lastStatus = await runText(shell, text);
    } catch (error) {
      if (error instanceof Killed || !(error instanceof ShellError) || error.fatal) throw error;
      await shell.complain(error.message, error.builtin);
      shell.lastStatus = error.status;
    }
    text = '';
  }
  if (text.trim() !== '') shell.lastStatus = await runText(shell, text);
  return shell.lastStatus;
}
