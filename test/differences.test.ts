/** `Differs from …:` comments, collected into src/DIFFERENCES.md: the simulator's honesty has a page. `RECORD=1` writes it anew. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALIKE, KNOWN } from './recorded/known-differences.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const PAGE = join(ROOT, 'src', 'DIFFERENCES.md');

test('src/DIFFERENCES.md lists every difference that the sources admit', () => {
  const page = write([...collect(), ...recorded()]);
  if (process.env['RECORD']) writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8'), 'run `npm run record` to renew src/DIFFERENCES.md').toBe(page);
});

interface Difference {
  readonly from: string;
  readonly file: string;
  readonly text: string;
}

function collect(): readonly Difference[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name)).toSorted();
  return files.flatMap((file) => comments(readFileSync(join(ROOT, 'src', file), 'utf8')).flatMap((comment) =>
    // One comment may admit several: each reaches to the next, or to the end of its paragraph.
    [...comment.matchAll(/Differs from ([A-Za-z0-9 .\-/]+?): ([\s\S]*?)(?=\n\n|\n@|Differs from [A-Za-z]|$)/g)].map(([, from, text]) => ({ from: from!, file, text: text!.replace(/\s+/g, ' ').trim() }))));
}

/** What the replay of recorded conversations forgives, and why. */
function recorded(): readonly Difference[] {
  const file = '../test/recorded/known-differences.ts';
  const reasons = [...ALIKE.map(({ reason }) => reason), ...KNOWN.map(({ scenario, command, reason }) => `\`${command}\` (${scenario}): ${reason}`)];
  return [...new Set(reasons)].map((text) => ({ from: 'the recorded conversations', file, text }));
}

/** Block comments and runs of line comments, without their marks. */
function comments(code: string): readonly string[] {
  const blocks = code.matchAll(/\/\*\*?([\s\S]*?)\*\/|((?:^[ \t]*\/\/.*\n?)+)|[ \t]\/\/ (Differs from .*)$/gm);
  return [...blocks].map(([, block, lines, trailing]) => (block ?? lines ?? trailing ?? '').split('\n').map((line) => line.replace(/^\s*(?:\*|\/\/) ?/, '').trimEnd()).join('\n'));
}

function write(differences: readonly Difference[]): string {
  const systems = [...new Set(differences.map(({ from }) => from))].toSorted();
  const sections = systems.map((system) => {
    const rows = differences.filter(({ from }) => from === system).map(({ file, text }) => `- ${text[0]?.toUpperCase()}${text.slice(1)} ([${file}](${file}))`);
    return `## Differs from ${system}\n\n${rows.join('\n')}\n`;
  });
  return `# Where the simulation differs from the real thing\n\nCollected from comments in the sources by a test (\`npm run record\` renews this page). What is not listed here and differs is a bug.\n\n${sections.join('\n')}`;
}
