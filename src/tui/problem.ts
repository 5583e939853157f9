/** An error as the learner reads it: what happened, and what to do next. */
import { UserError } from '../base/user-error.ts';

export interface Problem {
  readonly what: string;
  readonly action: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof UserError) return { what: error.message, action: error.action };
  return { what: error instanceof Error ? error.message : String(error), action: 'This is a fault of the program. `cka doctor` may say more.' };
}
