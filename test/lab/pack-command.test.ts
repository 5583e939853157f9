/** `cka pack …` as an instructor types it, from a new folder to an archive that others install: what is printed, as text and as JSON. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cli } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { screens } from '../../src/cli/screens.ts';

const home = mkdtempSync(join(tmpdir(), 'cka-pack-'));
const pack = join(home, 'my-pack');
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** @param line its words; `PACK` stands for the folder of the pack */
async function cka(line: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const cli: Cli = { root: home, version: '1.2.3', self: ['cka'], env: { CKA_HOME: join(home, 'home'), PATH: process.env['PATH'] }, isTerminal: false, out: (text) => void (out += text), err: (text) => void (err += text) };
  const code = await runCommandLine(line.split(' ').map((word) => word.replace('PACK', pack)), cli, commands, (options) => screens(cli, options));
  return { code, out: out.replaceAll(pack, 'PACK'), err: err.replaceAll(pack, 'PACK') };
}

beforeAll(async () => {
  expect(JSON.parse((await cka('pack new PACK --json')).out)).toMatchObject({ pack: 'my-pack', folder: 'PACK' });
});

test('a new pack has nothing to complain about, and every proof of it holds', { timeout: 180_000 }, async () => {
  expect(await cka('pack lint PACK')).toEqual({ code: 0, out: '1 lab, nothing to complain about.\n', err: '' });
  const report = join(home, 'report.xml');
  const { code, out } = await cka(`pack test PACK 01-first --json --junit ${report}`);
  const { labs, proofs, problems } = JSON.parse(out) as { readonly labs: number; readonly proofs: readonly { readonly name: string; readonly problem?: string }[]; readonly problems: readonly unknown[] };
  expect([code, labs, problems, proofs.filter(({ problem }) => problem !== undefined)]).toEqual([0, 1, [], []]);
  expect(proofs.map(({ name }) => name).toSorted()).toEqual([
    'full marks after alternatives/manifest.sh', 'mistakes/broke-the-reader.sh is caught by kept', 'mistakes/wrong-key.sh is caught by word', 'mistakes/wrong-namespace.sh is caught by word',
    'red at the start, full marks after solution.sh, red after a reset',
  ]);
  expect(readFileSync(report, 'utf8')).toContain('<testsuite name="cka pack test" tests="5" failures="0">');
});

test('a checker script that is not there, or cannot be executed, is told before anybody is graded', async () => {
  const file = join(home, 'scripted', '01-first', 'lab.yaml');
  await cka(`pack new ${join(home, 'scripted')}`);
  const script = (run: string) => `\n  - { id: ${run}, title: Ours, points: 1, why: So., use: all-of, with: { checks: [{ use: script, with: { run: checks/${run}.sh, expected: so } }] } }`;
  writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}${['gone', 'plain', 'good'].map(script).join('')}\n`);
  mkdirSync(join(home, 'scripted', '01-first', 'checks'));
  for (const [name, mode] of [['plain', 0o644], ['good', 0o755]] as const) writeFileSync(join(home, 'scripted', '01-first', 'checks', `${name}.sh`), '#!/bin/sh\n', { mode });
  const { problems } = JSON.parse((await cka(`pack lint ${join(home, 'scripted')} --json`)).out) as { readonly problems: readonly { readonly message: string }[] };
  expect(problems.map(({ message }) => message).toSorted()).toEqual([
    '01-first checks with checks/gone.sh, which does not exist. Add it, or correct the name.',
    '01-first checks with checks/plain.sh, which cannot be executed. chmod +x it.',
  ]);
});

test('trust comes after reading: scripts are shown as they are, and nothing is agreed to unasked', async () => {
  const foreign = join(home, 'foreign');
  await cka(`pack new ${foreign}`);
  expect(await cka(`pack trust ${foreign}`)).toMatchObject({ code: 0, out: 'Agreed to a pack without scripts. A changed pack asks again.\n' });
  writeFileSync(join(foreign, '01-first', 'setup', 'node.sh'), 'echo fine\n\u001b[1A\u001b[2Kreboot\n');
  const shown = '── 01-first/setup/node.sh (on nodes)\necho fine\n<1b>[1A<1b>[2Kreboot\n\n';
  expect(await cka(`pack trust ${foreign}`)).toEqual({ code: 2, out: shown, err: `Error: You have not agreed to the script of foreign.\nTry: If you trust them: cka pack trust ${foreign} --yes\n` });
  expect(await cka(`pack trust ${foreign} --yes`)).toEqual({ code: 0, out: `${shown}Agreed to the script of foreign. A changed pack asks again.\n`, err: '' });
  expect((await cka(`pack trust ${foreign}`)).code).toBe(0);
  // Installed, and changed since.
  expect((await cka(`pack install ${foreign}`)).out).toBe('Installed foreign: 1 lab. It brings a script; it runs only after you have agreed.\n');
  writeFileSync(join(home, 'home', 'data', 'packs', 'foreign', '01-first', 'setup', 'node.sh'), 'reboot\n');
  expect(await cka('pack test foreign')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('The pack foreign brings scripts that would run') as string });
  expect((await cka('pack remove foreign')).code).toBe(0);
});

test('what no API server would read is told without one', async () => {
  const broken = join(home, 'broken');
  await cka(`pack new ${broken}`);
  for (const [name, text] of Object.entries({ 'a.yaml': 'kind: Pod\n metadata: {', 'b.yaml': '# fine\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: __word__ }\n---\nkind: Service\nmetadata: {}\n', 'c.yaml': '- list' })) writeFileSync(join(broken, '01-first', 'setup', name), text);
  expect((await cka(`pack lint ${broken}`)).out.replaceAll(`${broken}/`, '')).toBe([
    '01-first/setup/a.yaml:1: Nested mappings are not allowed in compact mappings. Correct the YAML.',
    '01-first/setup/b.yaml:7: this object has no apiVersion, no metadata.name. Write what `kubectl apply` would take.',
    '01-first/setup/c.yaml:1: this object has no apiVersion, no kind, no metadata.name. Write what `kubectl apply` would take.',
    '',
  ].join('\n'));
});

test('its schema is the one that editors are pointed to', async () => {
  const { out } = await cka('pack lint PACK --schema');
  expect(JSON.parse(readFileSync(join(pack, 'lab.schema.json'), 'utf8'))).toEqual(JSON.parse(out));
  expect(readFileSync(join(pack, '01-first', 'lab.yaml'), 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\.\/lab\.schema\.json\n/);
});

test('out into an archive, in again, and away', async () => {
  const archive = join(home, 'out.tgz');
  expect(JSON.parse((await cka(`pack export PACK ${archive} --json`)).out)).toMatchObject({ pack: 'my-pack', file: archive });
  expect(JSON.parse((await cka(`pack install ${archive} --json`)).out)).toEqual({ pack: 'my-pack', labs: 1, problems: 0, scripts: [] });
  expect(await cka(`pack install ${archive}`)).toMatchObject({ code: 2, err: expect.stringContaining('There is a pack "my-pack" already.\nTry: Replace it with --force.') as string });
  expect(JSON.parse((await cka('pack list --json')).out)).toMatchObject([{ name: 'my-pack', from: 'installed', labs: 1, problems: 0 }]);
  expect(JSON.parse((await cka('lab list --json')).out)).toMatchObject([{ id: 'my-pack/first' }]);
  expect(JSON.parse((await cka('pack remove my-pack --json')).out)).toEqual({ pack: 'my-pack', removed: true });
  expect(existsSync(join(home, 'home', 'data', 'packs', 'my-pack'))).toBe(false);
});

test.each([
  ['pack test PACK nothing-like-it', 'No lab of the pack has "nothing-like-it" in its name.', 'It has my-pack/first.'],
  ['pack test PACK --seeds 1,x', '"1,x" is no list of seeds.', 'Give whole numbers with commas between them: --seeds 0,1,2'],
  ['pack new PACK', 'PACK exists already.', 'Give the name of a folder that does not exist.'],
  ['pack lint not-there', 'There is no pack "not-there".', 'Give a folder with a pack.yaml in it, or a name that `cka pack list` shows.'],
  ['pack remove networking', 'No pack "networking" is installed.', '`cka pack list` shows them; those that are built in stay.'],
  ['pack remove ..', 'No pack ".." is installed.', '`cka pack list` shows them; those that are built in stay.'],
  ['pack remove .', 'No pack "." is installed.', '`cka pack list` shows them; those that are built in stay.'],
])('%s: what happened, and what to do', async (line, what, action) => {
  const { code, err } = await cka(line);
  expect([code, err]).toEqual([2, `Error: ${what}\nTry: ${action}\n`]);
});

test('a pack without labs proves nothing, and says so', async () => {
  const empty = join(home, 'empty');
  rmSync(empty, { recursive: true, force: true });
  expect((await cka(`pack new ${empty}`)).code).toBe(0);
  rmSync(join(empty, '01-first'), { recursive: true });
  writeFileSync(join(empty, 'pack.yaml'), 'title: Empty\ndescription: Nothing yet.\n');
  expect(await cka(`pack lint ${empty}`)).toMatchObject({ code: 1, out: expect.stringContaining('pack.yaml: the pack has no lab.') as string });
  expect(await cka(`pack test ${empty}`)).toMatchObject({ code: expect.any(Number) as number, err: expect.stringContaining('no lab') as string });
});
