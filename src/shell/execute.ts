/**
 * Running parsed commands: lists, pipelines, loops, conditions, functions. One function per kind of node; simple
 * commands are in `simple-command.ts`. Over 250 lines because every kind of node has its few.
 */
import type { AndOr, ArithmeticFor, Case, CommandNode, CompoundCommand, For, If, Pipeline, PipelineNode, Select, Statement, While, Word } from 'unbash';
import { type Output } from '../machine/program.ts';
import { pipe, readLine } from '../machine/streams.ts';
import { nullInput } from '../machine/streams.ts';
import { evaluate } from './arithmetic.ts';
import { ExitShell, Interrupted, LoopControl, ShellError, SyntaxFailure } from './control.ts';
import { runTestExpression } from './double-bracket.ts';
import { expandPattern, expandText, expandWords, withCommands } from './expand.ts';
import { parseScript, syntaxErrorWords } from './parse.ts';
import { patternToRegExp } from './pattern.ts';
import { redirected } from './redirect.ts';
import type { Shell } from './shell.ts';
import { reportSignal, runSimple } from './simple-command.ts';

/** Parse and run a text in this shell: `eval`, traps, files. @throws ShellError on a syntax error */
export async function runText(shell: Shell, text: string, options: { readonly tail?: boolean } = {}): Promise<number> {
  const answer = parseScript(text);
  if (answer.kind !== 'script') return await failToParse(shell, text, answer);
  const { source, position, tail } = shell;
  shell.source = text;
  shell.tail = options.tail ? tailOf(shell, answer.script.commands) : undefined;
  try {
    return await runStatements(shell, answer.script.commands);
  } finally {
    Object.assign(shell, { source, position, tail });
  }
}

async function failToParse(shell: Shell, text: string, answer: Exclude<ReturnType<typeof parseScript>, { kind: 'script' }>): Promise<number> {
  // What precedes the error runs first, as shells read a script line by line.
  const lines = text.split('\n');
  const bad = answer.kind === 'error' ? answer.line : lines.length;
  for (let count = bad - 1; count > 0; count--) {
    const before = parseScript(lines.slice(0, count).join('\n'));
    if (before.kind !== 'script') continue;
    await runText(shell, lines.slice(0, count).join('\n'));
    break;
  }
  const source = shell.source;
  shell.source = text;
  shell.position = lines.slice(0, bad - 1).join('\n').length + (bad > 1 ? 1 : 0);
  const words = syntaxErrorWords(answer, shell.dialect, text);
  const bash = shell.dialect === 'bash';
  const line = bash && answer.kind === 'incomplete' && answer.quote === undefined ? shell.line + 1 : shell.line;
  const start = bash && shell.mode !== 'interactive' ? `${shell.name}: ${shell.mode === 'command' ? '-c: ' : ''}line ${line}: ` : shell.prefix();
  for (const word of words) await shell.stderr.write(`${start}${word}\n`);
  shell.source = source;
  throw new SyntaxFailure(2);
}

export async function runStatements(shell: Shell, statements: readonly Statement[]): Promise<number> {
  let status = statements.length === 0 ? 0 : shell.lastStatus;
  for (const statement of statements) {
    if (statement.background) {
      await startBackground(shell, statement);
      status = 0;
    } else {
      shell.excused = false;
      status = await runNode(shell, statement.command);
      if (status !== 0 && shell.conditionDepth === 0 && !shell.excused && checksErrors(statement.command)) {
        const onError = shell.traps.get('ERR');
        if (onError) await runText(shell, onError);
        if (shell.options.has('errexit')) throw new ExitShell(status);
      }
    }
    shell.lastStatus = status;
  }
  return status;
}

/** `set -e` looks at commands, not at what holds them together: those have looked already. */
function checksErrors(node: PipelineNode | AndOr): boolean {
  if (node.type === 'Pipeline') return node.prefixes.every((prefix) => prefix.type !== 'Negation');
  return ['Command', 'Subshell', 'TestCommand', 'ArithmeticCommand', 'AndOr', 'Redirected'].includes(node.type);
}

export function runNode(shell: Shell, node: PipelineNode | AndOr): Promise<number> {
  switch (node.type) {
    case 'Command':
      return runSimple(shell, node);
    case 'Pipeline':
      return runPipeline(shell, node);
    case 'AndOr':
      return runAndOr(shell, node);
    case 'Redirected':
      return runRedirected(shell, node.command, node.redirects);
    case 'Function':
      shell.functions.set(node.name.value, { body: node.body, source: shell.source });
      return Promise.resolve(0);
    case 'Coproc':
      return Promise.reject(new ShellError('coproc: coprocesses are not supported here', 1, true));
    default:
      return runCompound(shell, node);
  }
}

async function runRedirected(shell: Shell, command: CompoundCommand, redirects: Parameters<typeof redirected>[1]): Promise<number> {
  const before = shell.streams;
  let streams;
  try {
    streams = await redirected(shell, redirects);
  } catch (error) {
    if (!(error instanceof ShellError) || error.fatal) throw error;
    await shell.complain(error.message);
    return error.status;
  }
  shell.streams = streams;
  try {
    return await runCompound(shell, command);
  } finally {
    shell.streams = before;
  }
}

async function runCompound(shell: Shell, node: CompoundCommand): Promise<number> {
  shell.position = node.pos;
  switch (node.type) {
    case 'BraceGroup':
      return await runStatements(shell, node.body.commands);
    case 'Subshell': {
      const child = shell.fork((copy) => runStatements(copy, node.body.commands));
      return await child.exited;
    }
    case 'If':
      return await runIf(shell, node);
    case 'While':
      return await runWhile(shell, node);
    case 'For':
      return await runFor(shell, node);
    case 'ArithmeticFor':
      return await runArithmeticFor(shell, node);
    case 'Case':
      return await runCase(shell, node);
    case 'Select':
      return await runSelect(shell, node);
    case 'TestCommand':
      return await runTestExpression(shell, node.expression);
    case 'ArithmeticCommand': {
      const value = await withCommands(shell, (memo) => evaluate(node.expression, shell.arithmetic(memo), node.body));
      return value !== 0n ? 0 : 1;
    }
  }
}

async function runAndOr(shell: Shell, node: AndOr): Promise<number> {
  let status = 0;
  for (const [index, command] of node.commands.entries()) {
    if (index > 0 && (node.operators[index - 1] === '&&') !== (status === 0)) continue;
    const last = index === node.commands.length - 1;
    if (!last) shell.conditionDepth++;
    try {
      status = await runNode(shell, command);
    } finally {
      if (!last) shell.conditionDepth--;
    }
    shell.lastStatus = status;
    if (!last) shell.excused = true;
    else shell.excused = false;
  }
  return status;
}

async function runPipeline(shell: Shell, node: Pipeline): Promise<number> {
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const timed = node.prefixes.some((prefix) => prefix.type === 'Time');
  const begun = shell.process.machine.clock.now();
  if (negated) shell.conditionDepth++;
  let status: number;
  try {
    status = node.commands.length === 1 ? await runNode(shell, node.commands[0]!) : await runPiped(shell, node);
  } finally {
    if (negated) shell.conditionDepth--;
  }
  if (timed) await printTimes(shell, (shell.process.machine.clock.now() - begun) / 1000);
  if (negated) shell.excused = true;
  return negated ? (status === 0 ? 1 : 0) : status;
}

async function printTimes(shell: Shell, seconds: number): Promise<void> {
  const row = (name: string, value: number) => `${name}\t${Math.floor(value / 60)}m${shell.dialect === 'bash' ? (value % 60).toFixed(3) : (value % 60).toFixed(2)}s\n`;
  await shell.stderr.write(`${shell.dialect === 'bash' ? '\n' : ''}${row('real', seconds)}${row('user', 0)}${row('sys', 0)}`);
}

async function runPiped(shell: Shell, node: Pipeline): Promise<number> {
  await shell.waitForProcessor();
  let stdin = shell.stdin ?? nullInput;
  const children = node.commands.map((command, index) => {
    const last = index === node.commands.length - 1;
    const link = last ? undefined : pipe();
    const stdout: Output = link?.output ?? shell.stdout;
    const stderr = node.operators[index] === '|&' ? stdout : shell.stderr;
    const child = shell.fork((copy) => runAlone(copy, command), { stdin, stdout, stderr });
    if (link) stdin = link.input;
    return child;
  });
  const statuses = await Promise.all(children.map((child) => child.status));
  const interrupted = statuses.some((status) => status.signal === 'SIGINT');
  if (shell.interruptible && interrupted) throw new Interrupted();
  const last = statuses.at(-1)!;
  await reportSignal(shell, last, children.at(-1)!.pid, shell.source.slice(node.pos, node.end));
  if (shell.dialect === 'bash') {
    shell.variables.define('PIPESTATUS', { value: undefined, items: new Map(statuses.map((status, index) => [String(index), String(status.code)])) });
  }
  if (!shell.options.has('pipefail')) return last.code;
  return statuses.findLast((status) => status.code !== 0)?.code ?? 0;
}

/** One node is all that a subshell has to do: a simple command takes over its process, as after fork and exec. */
async function runAlone(shell: Shell, node: CommandNode | AndOr | Pipeline): Promise<number> {
  if (node.type === 'Command') shell.tail = node;
  const status = await runNode(shell, node);
  shell.lastStatus = status;
  return status;
}

/** The command after which a `-c` shell has nothing left to do: ash and bash let it take over their process, Debian's dash does not. */
function tailOf(shell: Shell, statements: readonly Statement[]): CommandNode | undefined {
  const last = statements.at(-1);
  if (!last || last.background || shell.dialect === 'dash' || shell.traps.size > 0) return undefined;
  const node = last.command.type === 'AndOr' ? last.command.commands.at(-1)! : last.command;
  if (node.type !== 'Command' || (shell.dialect === 'bash' && node.redirects.length > 0)) return undefined;
  return node;
}

async function startBackground(shell: Shell, statement: Statement): Promise<void> {
  await shell.waitForProcessor();
  const text = shell.source.slice(statement.command.pos, statement.command.end);
  const { interruptible } = shell;
  // Without job control a background command must not eat the script's input.
  const child = shell.fork((copy) => runAlone(copy, statement.command), { newGroup: interruptible, ...(interruptible ? {} : { stdin: nullInput }) });
  const job = shell.jobs.add(child, text);
  if (interruptible) void shell.stderr.write(shell.dialect === 'bash' ? `[${job.id}] ${job.pid}\n` : '').catch(() => undefined);
}

async function condition(shell: Shell, statements: readonly Statement[]): Promise<boolean> {
  shell.conditionDepth++;
  try {
    return (await runStatements(shell, statements)) === 0;
  } finally {
    shell.conditionDepth--;
  }
}

async function runIf(shell: Shell, node: If): Promise<number> {
  if (await condition(shell, node.clause.commands)) return await runStatements(shell, node.then.commands);
  for (const elif of node.elif) if (await condition(shell, elif.clause.commands)) return await runStatements(shell, elif.then.commands);
  return node.else ? await runStatements(shell, node.else.commands) : 0;
}

/** Run a loop's body once. @returns whether the loop goes on */
async function once(shell: Shell, body: readonly Statement[], state: { status: number }): Promise<boolean> {
  try {
    state.status = await runStatements(shell, body);
  } catch (error) {
    if (!(error instanceof LoopControl)) throw error;
    state.status = 0;
    if (error.levels > 1 && shell.loopDepth > 1) {
      error.levels--;
      throw error;
    }
    return error.kind === 'continue';
  }
  return true;
}

async function looping(shell: Shell, loop: (state: { status: number }) => Promise<void>): Promise<number> {
  const state = { status: 0 };
  shell.loopDepth++;
  try {
    await loop(state);
  } finally {
    shell.loopDepth--;
  }
  return state.status;
}

function runWhile(shell: Shell, node: While): Promise<number> {
  const wanted = node.kind === 'while';
  return looping(shell, async (state) => {
    for (;;) {
      if (shell.due) await shell.turn();
      try {
        if ((await condition(shell, node.clause.commands)) !== wanted) return;
      } catch (error) {
        if (!(error instanceof LoopControl) || error.levels > 1) throw error;
        if (error.kind === 'break') return;
        continue;
      }
      if (!(await once(shell, node.body.commands, state))) return;
    }
  });
}

async function runFor(shell: Shell, node: For): Promise<number> {
  const items = node.wordlist ? await expandWords(shell, node.wordlist) : shell.positional;
  return await looping(shell, async (state) => {
    for (const item of items) {
      if (shell.due) await shell.turn();
      shell.assign(node.name.value, item);
      if (!(await once(shell, node.body.commands, state))) return;
    }
  });
}

function runArithmeticFor(shell: Shell, node: ArithmeticFor): Promise<number> {
  const value = (expression: ArithmeticFor['test'], absent: bigint) =>
    expression ? withCommands(shell, (memo) => evaluate(expression, shell.arithmetic(memo), shell.source.slice(expression.pos, expression.end))) : Promise.resolve(absent);
  return looping(shell, async (state) => {
    for (await value(node.initialize, 0n); (await value(node.test, 1n)) !== 0n; await value(node.update, 0n)) {
      if (shell.due) await shell.turn();
      if (!(await once(shell, node.body.commands, state))) return;
    }
  });
}

async function runCase(shell: Shell, node: Case): Promise<number> {
  const text = await expandText(shell, node.word);
  const options = { extended: shell.dialect === 'bash', ignoreCase: shell.options.has('nocasematch') };
  const matches = async (word: Word) => patternToRegExp(await expandPattern(shell, word), options).test(text);
  let status = 0;
  let falling = false;
  for (const item of node.items) {
    let hit = falling;
    for (const word of item.pattern) hit ||= await matches(word);
    if (!hit) continue;
    status = await runStatements(shell, item.body.commands);
    if (item.terminator === ';&') falling = true;
    else if (item.terminator === ';;&') falling = false;
    else break;
  }
  return status;
}

async function runSelect(shell: Shell, node: Select): Promise<number> {
  const items = node.wordlist ? await expandWords(shell, node.wordlist) : shell.positional;
  return await looping(shell, async (state) => {
    let show = true;
    for (;;) {
      if (show) await shell.stderr.write(items.map((item, index) => `${index + 1}) ${item}\n`).join(''));
      await shell.stderr.write(shell.variables.get('PS3') ?? '#? ');
      const line = await readLine(shell.stdin);
      if (line === undefined) return;
      const reply = line.trim();
      show = reply === '';
      if (show) continue;
      shell.assign('REPLY', reply);
      shell.assign(node.name.value, items[Number(reply) - 1] ?? '');
      if (!(await once(shell, node.body.commands, state))) return;
    }
  });
}
