/** Redirections: which streams a command gets. See POSIX, section 2.7. */
import type { Redirect, Redirection } from 'unbash';
import { FileError } from '../machine/file-error.ts';
import { openInput, openOutput } from '../machine/open.ts';
import type { Input, Output } from '../machine/program.ts';
import { inputFrom } from '../machine/streams.ts';
import { ShellError } from './control.ts';
import { cannotOpen } from './dialect.ts';
import { expandHereDocument, expandText } from './expand.ts';
import type { Shell, Stream } from './shell.ts';

/** The shell's streams with a command's redirections applied from left to right. @throws ShellError */
export async function redirected(shell: Shell, redirections: readonly Redirection[]): Promise<(Stream | undefined)[]> {
  const before = shell.streams;
  try {
    for (const redirection of redirections) shell.streams = await apply(shell, redirection, [...shell.streams]);
    return shell.streams;
  } finally {
    shell.streams = before;
  }
}

async function apply(shell: Shell, redirection: Redirection, streams: (Stream | undefined)[]): Promise<(Stream | undefined)[]> {
  const given = descriptorOf(shell, redirection, streams);
  if (redirection.type === 'HereDoc') {
    const { body } = redirection;
    const strip = redirection.operator === '<<-';
    const expanded = body.parts && !redirection.delimiter?.quoted;
    streams[given ?? 0] = inputFrom(expanded ? await expandHereDocument(shell, body.parts, strip) : strip ? body.text.replace(/^\t+/gm, '') : body.text);
    return streams;
  }
  if (redirection.type === 'HereString') {
    if (shell.dialect === 'dash') throw new ShellError('Syntax error: redirection unexpected', 2, true);
    streams[given ?? 0] = inputFrom(`${redirection.target ? await expandText(shell, redirection.target) : ''}\n`);
    return streams;
  }
  const target = redirection.target ? await expandText(shell, redirection.target) : '';
  return file(shell, redirection, target, given, streams);
}

function file(shell: Shell, redirection: Redirect, target: string, given: number | undefined, streams: (Stream | undefined)[]): (Stream | undefined)[] {
  switch (redirection.operator) {
    case '<':
      streams[given ?? 0] = reading(shell, target);
      return streams;
    case '<>':
      streams[given ?? 0] = both(shell, target);
      return streams;
    case '>':
    case '>|':
      streams[given ?? 1] = writing(shell, target, { exclusive: redirection.operator === '>' && shell.options.has('noclobber') && !target.startsWith('/dev/') });
      return streams;
    case '>>':
      streams[given ?? 1] = writing(shell, target, { append: true });
      return streams;
    case '&>':
    case '&>>':
      streams[1] = writing(shell, target, { append: redirection.operator === '&>>' });
      streams[2] = streams[1];
      return streams;
    case '<&':
    case '>&':
      return duplicate(shell, redirection, target, given, streams);
  }
}

function duplicate(shell: Shell, redirection: Redirect, target: string, given: number | undefined, streams: (Stream | undefined)[]): (Stream | undefined)[] {
  const fd = given ?? (redirection.operator === '<&' ? 0 : 1);
  if (target === '-') {
    streams[fd] = undefined;
    return streams;
  }
  if (/^\d+$/.test(target)) {
    const stream = streams[Number(target)];
    if (!stream) throw new ShellError(shell.dialect === 'ash' ? `dup2(${target},${fd}): Bad file descriptor` : `${target}: Bad file descriptor`, shell.dialect === 'dash' ? 2 : 1, false);
    streams[fd] = stream;
    return streams;
  }
  if (given !== undefined && given !== 1) throw new ShellError(`${target}: ambiguous redirect`, 1, false);
  if (shell.dialect === 'dash') throw new ShellError('Syntax error: Bad fd number', 2, true);
  streams[1] = writing(shell, target, {});
  streams[2] = streams[1];
  return streams;
}

function descriptorOf(shell: Shell, redirection: Redirection, streams: readonly unknown[]): number | undefined {
  const { descriptor } = redirection;
  if (descriptor?.type !== 'FileDescriptorVariable') return descriptor?.value;
  const free = Math.max(10, streams.length);
  shell.assign(descriptor.name, String(free));
  return free;
}

function reading(shell: Shell, path: string): Input {
  return opened(shell, path, false, () => openInput(shell.opener, path));
}

function writing(shell: Shell, path: string, options: { readonly append?: boolean; readonly exclusive?: boolean }): Output {
  return opened(shell, path, true, () => openOutput(shell.opener, path, { ...options, mode: 0o666 & ~shell.umask }));
}

function both(shell: Shell, path: string): Input & Output {
  const output = opened(shell, path, true, () => openOutput(shell.opener, path, { keep: true, mode: 0o666 & ~shell.umask }));
  const input = reading(shell, path);
  return { read: (signal) => input.read(signal), unread: (bytes) => input.unread(bytes), write: (bytes) => output.write(bytes) };
}

function opened<T>(shell: Shell, path: string, create: boolean, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const words = error.code === 'EEXIST' && shell.dialect === 'bash' ? `${path}: cannot overwrite existing file` : cannotOpen(shell.dialect, path, create, error.code, error.message);
    // Only for special builtins does a POSIX shell give up; they turn this into a fatal error themselves.
    throw new ShellError(words, shell.dialect === 'dash' ? 2 : 1, false);
  }
}
