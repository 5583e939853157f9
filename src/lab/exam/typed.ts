/**
 * What was typed in the terminals of an exam: a line for each command, which the shells of the exam write themselves
 * (see `shell-record.ts`): when, how it ended, on which host, in which folder, what. Never used for grading.
 */
import { readFile } from 'node:fs/promises';

export interface Typed {
  /** Unix milliseconds. */
  readonly at: number;
  readonly host: string;
  readonly exitCode: number;
  readonly command: string;
}

/** Everything in a record, oldest first; a record that does not exist holds nothing. */
export async function readTyped(file: string): Promise<readonly Typed[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((row) => typedOf(row) ?? []);
}

function typedOf(row: string): Typed | undefined {
  const [seconds, exitCode, host, ...command] = row.split('\t');
  if (!/^\d+$/.test(seconds ?? '') || host === undefined || command.length === 0) return undefined;
  return { at: Number(seconds) * 1000, host, exitCode: Number(exitCode), command: command.join('\t').replaceAll('\\n', '\n').trim() };
}
