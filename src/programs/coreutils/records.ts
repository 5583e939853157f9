/** Lines, or with `-z` what ends in a zero byte: so names with newlines go through find, sort and xargs. */
import type { Input } from '../../machine/program.ts';

export type End = '\n' | '\0';

export interface Ended {
  readonly text: string;
  /** Not so for what the input ends with, when its last newline is missing. */
  readonly isEnded: boolean;
}

/** Each record with how it ended, for those that write it back as it was. */
export async function* endedRecords(input: Input, end: End): AsyncGenerator<Ended, void, undefined> {
  let rest = '';
  for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) {
    const parts = (rest + bytes).split(end);
    rest = parts.pop()!;
    for (const text of parts) yield { text, isEnded: true };
  }
  if (rest !== '') yield { text: rest, isEnded: false };
}

export async function* records(input: Input, end: End): AsyncGenerator<string, void, undefined> {
  for await (const { text } of endedRecords(input, end)) yield text;
}
