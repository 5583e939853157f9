/** What leaves the ordinary course of a script: thrown by builtins, caught by loops, functions, the shell itself. */
import type { Dialect } from './dialect.ts';

/** `break N` and `continue N`. */
export class LoopControl extends Error {
  constructor(
    readonly kind: 'break' | 'continue',
    public levels: number,
  ) {
    super(kind);
  }
}

/** `return N`. */
export class Return extends Error {
  constructor(readonly status: number) {
    super('return');
  }
}

/** `exit N`, or an error that ends a non-interactive shell. */
export class ExitShell extends Error {
  constructor(readonly status: number) {
    super('exit');
  }
}

/** A syntax error: ends a script, but at a prompt only the line. It has been reported already. */
export class SyntaxFailure extends ExitShell {}

/**
 * An error the shell reports: the message goes to standard error; then a script ends with `status` when it is `fatal`,
 * and an interactive shell shows its prompt again.
 */
export class ShellError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly fatal: boolean,
    /** The builtin whose name precedes the message. */
    readonly builtin?: string,
  ) {
    super(message);
  }
}

/** fork(2) said EAGAIN: what each shell says, before it gives up. */
export function cannotFork(dialect: Dialect): ShellError {
  if (dialect === 'dash') return new ShellError('Cannot fork', 2, true);
  return dialect === 'ash' ? new ShellError("can't fork: Resource temporarily unavailable", 2, true) : new ShellError('fork: Resource temporarily unavailable', 254, true);
}

/** ^C at the prompt. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
  }
}
