/**
 * The three shells that container images carry, and where their words differ: busybox ash, Debian's dash, GNU bash.
 * Texts were recorded from busybox 1.35, dash 0.5.12 and bash 5.2.
 */
export type Dialect = 'ash' | 'dash' | 'bash';

/** Where an error happened, for the beginning of its message. */
export interface Where {
  readonly dialect: Dialect;
  /** `$0`: the shell's name or the script's. */
  readonly name: string;
  readonly line: number;
  readonly mode: 'command' | 'script' | 'interactive';
}

/** `sh: 1: ` and its cousins. @param builtin the builtin that complains, if one does */
export function prefix(where: Where, builtin?: string): string {
  const { dialect, name, line, mode } = where;
  const by = builtin === undefined ? '' : `${builtin}: `;
  if (dialect === 'dash') return `${name}: ${line}: ${by}`;
  if (dialect === 'bash') return mode === 'interactive' ? `${name}: ${by}` : `${name}: line ${line}: ${by}`;
  if (builtin === undefined) return mode === 'script' ? `${name}: line ${line}: ` : `${name}: `;
  return `${name}: ${by}line ${mode === 'command' ? 0 : line}: `;
}

export function notFound(dialect: Dialect, command: string): string {
  if (dialect !== 'bash') return `${command}: not found`;
  return command.includes('/') ? `${command}: No such file or directory` : `${command}: command not found`;
}

/** A redirection that cannot be opened. @param create whether it was opened for writing */
export function cannotOpen(dialect: Dialect, path: string, create: boolean, code: string, words: string): string {
  if (dialect === 'bash') return `${path}: ${words}`;
  const verb = create ? 'create' : 'open';
  // Both shells shorten ENOENT in their own way (errmsg in their error.c).
  const reason = code !== 'ENOENT' ? words : create ? (dialect === 'ash' ? 'nonexistent directory' : 'Directory nonexistent') : dialect === 'ash' ? 'no such file' : 'No such file';
  return dialect === 'ash' ? `can't ${verb} ${path}: ${reason}` : `cannot ${verb} ${path}: ${reason}`;
}

/** How many arguments or which assignments end the shell: POSIX shells exit on these errors with 2, bash goes on with 1. */
export function failureStatus(dialect: Dialect): number {
  return dialect === 'bash' ? 1 : 2;
}

/** What a shell prints when a command dies of a signal; nothing for the two that are everyday business. */
export function signalWords(signal: string): string | undefined {
  return WORDS[signal];
}

const WORDS: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup', SIGQUIT: 'Quit', SIGKILL: 'Killed', SIGUSR1: 'User defined signal 1', SIGUSR2: 'User defined signal 2', SIGALRM: 'Alarm clock', SIGTERM: 'Terminated',
};
