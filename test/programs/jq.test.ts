/** jq against what the real one printed, program by program. RECORD=1 asks the jq of this machine anew. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../src/base/bytes.ts';
import { JQ_ROWS, type JqRow } from './jq-rows.ts';
import { TwoMachines } from './two-machines.ts';

interface Recorded extends JqRow {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

const FILE = new URL('../recorded/programs/jq.json', import.meta.url);

function record(): void {
  execFileSync('jq', ['--version']);
  const rows = JQ_ROWS.map(({ args, stdin }): Recorded => {
    const { stdout, stderr, status } = spawnSync('jq', args, { input: stdin, encoding: 'utf8', cwd: '/' });
    return { args, stdin, out: stdout, err: stderr, code: status ?? -1 };
  });
  writeFileSync(FILE, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}

if (process.env['RECORD'] || !existsSync(FILE)) record();
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Recorded[];
const two = new TwoMachines();

/** Rows that differ, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  '-nc [1 | limit(4; repeat(. * 2))]': '1.6 repeats its first result; ours does what the manual says, as 1.7 does',
  '-nc [limit(0; 1, 2)]': '1.6 gives one value where none was wanted; mended in 1.7',
  '-nc [1, 2, 3] | (.[] | select(. >= 2)) |= empty': '1.6 misses every second element; mended in 1.7',
};

test.each(recorded.map((row) => [`${row.args.join(' ')} ${row.stdin.slice(0, 30)}`, row] as const))('jq %s', async (_, { args, stdin, out, err, code }) => {
  if (args.join(' ') in DIFFERENT) return;
  const ran = await two.run(two.alpha, ['jq', ...args.map(utf8Encode)], utf8Encode(stdin));
  // What bison adds to a program that it does not understand, blanks for what it has skipped, is not ours to guess.
  const blanks = (text: string) => utf8Decode(text).replaceAll(/ +$/gm, '');
  expect({ code: ran.code, out: utf8Decode(ran.out), err: blanks(ran.err) }).toEqual({ code, out, err: blanks(err) });
});

test('every row is recorded', () => {
  expect(recorded.map(({ args, stdin }) => ({ args, stdin }))).toEqual(JQ_ROWS);
});

test('a program that never ends is killed, and says so', async () => {
  expect(await two.run(two.alpha, ['jq', '-n', '[repeat(1)]'])).toEqual({ code: 137, out: '', err: 'Killed\n' });
  expect(await two.run(two.alpha, ['jq', '-n', 'def f: 1 + f; f'])).toEqual({ code: 137, out: '', err: 'Killed\n' });
});
