/** What the README tells people to type exists: commands, options, scripts, labs, links. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../src/cli/commands.ts';
import { runCommandLine } from '../src/cli/program.ts';
import { DEFAULT_PREFIX, KEYS, showKey } from '../src/tui/keys.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const scripts = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }).scripts;

test('the first two commands are the whole way in', () => {
  expect([...readme.matchAll(/^npm (\w+)/gm)].slice(0, 2).map(([line]) => line)).toEqual(['npm start', 'npm test']);
});

test.each([...readme.matchAll(/npx cka(?= )([^\n`#)"]*)/g)].map(([, words]) => words!.trim()).filter((words, index, all) => all.indexOf(words) === index))('cka %s', (line) => {
  const words = line.split(/\s+/);
  const spec = commands.find(({ name }) => `${line} `.startsWith(`${name} `));
  expect(spec, `no such command: cka ${line}`).toBeDefined();
  const known = (spec!.options ?? []).map(({ flags }) => flags.split(' ')[0]);
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  expect(own.filter((word) => word.startsWith('--') && !known.includes(word))).toEqual([]);
});

test('the options of the screens are those of the program', async () => {
  let help = '';
  await runCommandLine(['--help'], { root: ROOT, version: '', self: [], env: {}, isTerminal: false, out: (text) => void (help += text), err: () => undefined }, commands, () => Promise.resolve(0));
  const named = [...readme.matchAll(/npm start -- ([^`]*)/g)].flatMap(([, words]) => words!.match(/--[a-z-]+/g) ?? []);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((option) => !help.includes(`  ${option} `))).toEqual([]);
});

test('the keys under the picture of the screen do what it says', () => {
  const footer = /^ Tab terminal .*$/m.exec(readme)![0].trim().split(/ {2,}/).map((item) => item.replace(/ \? help$/, '').split(' '));
  const known = KEYS.map(({ keys, short }) => `${showKey(keys[0]!, DEFAULT_PREFIX)} ${short}`);
  expect(footer.map((words) => words.join(' ')).filter((item) => !known.includes(item))).toEqual([]);
});

test.each([...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!))('npm run %s', (name) => {
  expect(scripts[name]).toBeDefined();
});

test.each([...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!))('the link %s leads somewhere', (target) => {
  expect(existsSync(join(ROOT, target))).toBe(true);
});

test('every command has a summary, and every visible one an example that is itself', () => {
  for (const { name, summary, examples, hidden } of commands) {
    expect(summary).toMatch(/^[a-z]/);
    if (!hidden) expect(examples?.some((example) => example.includes(`cka ${name}`)), `an example of ${name}`).toBe(true);
  }
});
