/** House rules that a machine can see: headers, sizes, names, exports, and one test file per mirrored folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;
const HARD_STOP = 400;
const NEEDS_A_REASON = 250;

const files = ['src', 'checkers'].flatMap((folder) => list(folder)).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** Rows of `path: what is wrong`. */
function check(wrong: (file: { readonly path: string; readonly text: string }) => string | undefined): void {
  expect(files.flatMap((file) => {
    const what = wrong(file);
    return what === undefined ? [] : [`${file.path}: ${what}`];
  })).toEqual([]);
}

test('every file opens with a comment that says what it is', () => {
  check(({ text }) => (/^(?:\/\*\*?[\s\S]|\/\/)/.test(text) ? undefined : 'has no header'));
});

test('a header has at most eight lines', () => {
  check(({ text }) => (header(text).split('\n').length > 10 ? `its header has ${header(text).split('\n').length} lines` : undefined));
});

test(`no file is longer than ${HARD_STOP} lines, and over ${NEEDS_A_REASON} the header says why`, () => {
  check(({ text }) => {
    const lines = text.trimEnd().split('\n').length;
    if (lines > HARD_STOP) return `${lines} lines`;
    return lines > NEEDS_A_REASON && !/\b(?:250 lines|Long(?:er than most files)?)\b[^.]*(?:\bbecause\b|\bsince\b|:)/.test(header(text)) ? `${lines} lines, and the header does not say why` : undefined;
  });
});

test('files are kebab-case.ts, components PascalCase.tsx', () => {
  check(({ path }) => (/^([a-z0-9]+(-[a-z0-9]+)*\.tsx?|[A-Z][A-Za-z]+\.tsx)$/.test(basename(path)) ? undefined : 'is not named so'));
});

test('no name that says nothing', () => {
  check(({ path }) => (/^(utils?|helpers?|common|misc|manager|data)\.tsx?$/.test(basename(path)) ? 'says nothing' : undefined));
});

test('exports have names', () => {
  check(({ text }) => (/^export default /m.test(text) ? 'has a default export' : undefined));
});

test('nothing is left to do in a comment', () => {
  check(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.exec(text)?.[0]);
});

test('every checker is in the index', () => {
  const index = readFileSync(join(ROOT, 'checkers', 'index.ts'), 'utf8');
  // Shared by checkers, and none themselves: they say so in their header.
  const checkers = files.filter(({ path, text }) => path.startsWith('checkers/') && !path.endsWith('index.ts') && !/Not a checker/.test(header(text)));
  expect(checkers.filter(({ path }) => !index.includes(`'./${basename(path)}'`)).map(({ path }) => path)).toEqual([]);
});

test('every folder of src with code has tests beside it under test/', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && list(join('src', entry.name)).length > 0).map(({ name }) => name);
  const untested = folders.filter((name) => !existsSync(join(ROOT, 'test', name)) || !list(join('test', name)).some((path) => /\.test\.tsx?$/.test(path)));
  expect(untested).toEqual([]);
});

function header(text: string): string {
  return /^\/\*[\s\S]*?\*\//.exec(text)?.[0] ?? /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? '';
}

function list(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name));
}
