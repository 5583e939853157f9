/** What a flag was given: numbers that are numbers, files that can be written. Refused by the flag's own name. */
import { writeFile } from 'node:fs/promises';
import { UserError } from '../base/user-error.ts';

interface Bounds {
  readonly from: number;
  readonly to?: number;
}

/** @throws UserError */
export function wholeNumber(flag: string, typed: string, { from, to = Number.MAX_SAFE_INTEGER }: Bounds): number {
  if (/^\d+$/.test(typed) && Number(typed) >= from && Number(typed) <= to) return Number(typed);
  throw new UserError(`"${typed}" cannot be ${flag}.`, `Use a number from ${from}${to === Number.MAX_SAFE_INTEGER ? '' : ` to ${to}`}.`, 2);
}

/** A file that the learner has named. @param elsewhere how to name another. @throws UserError */
export async function writeNamed(file: string, content: string | Uint8Array, elsewhere: string): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${(error as Error).message}.`, elsewhere);
  }
}
