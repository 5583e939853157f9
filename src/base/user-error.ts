/**
 * A refusal that the person at the keyboard must read: what happened, and what to do next.
 * Thrown anywhere, caught at the doors (command line, screen), never shown with a stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  /**
   * @param message what happened, one sentence
   * @param action what to do next, one sentence
   * @param exitCode 1 a check failed, 2 wrong usage, 3 the environment is broken, 128 and more a signal, as shells count them
   */
  constructor(
    message: string,
    readonly action: string,
    readonly exitCode: 1 | 2 | 3 | 129 | 130 | 143 = 3,
  ) {
    super(message);
  }
}
