/** The plain mode as a conversation: each question gets the next answer; when there is none left, the input ends. */
import { PassThrough } from 'node:stream';
import { expect } from 'vitest';
import { runPlain } from '../../src/tui/plain.ts';
import type { AppServices } from '../../src/tui/services.ts';

/** @returns everything that was said, with what was typed */
export async function converse(app: AppServices, answers: readonly string[]): Promise<string> {
  const input = new PassThrough();
  const output = new PassThrough();
  const left = [...answers];
  let said = '';
  output.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (!/: $/.test(said)) return;
    const answer = left.shift();
    if (answer === undefined) return void input.end();
    said += `${answer}\n`;
    input.write(`${answer}\n`);
  });
  expect(await runPlain(app, { input, output, env: {} })).toBe(0);
  return said;
}
