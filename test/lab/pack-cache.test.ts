/** Lists of labs from a cache: as good as the packs themselves, and never older than they are. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Packs } from '../../src/lab/load.ts';
import { listedPacks } from '../../src/lab/pack-cache.ts';
import { makeLab, scratch } from './lab-support.ts';

function open(problems: Packs['problems'] = []) {
  const folder = scratch();
  mkdirSync(join(folder, 'labs', 'one'), { recursive: true });
  writeFileSync(join(folder, 'labs', 'one', 'lab.yaml'), 'title: One\n');
  let reads = 0;
  const packs: Packs = { labs: [makeLab()], problems };
  const file = join(folder, 'cache', 'packs.json');
  const list = (program = '1') => listedPacks([join(folder, 'labs'), join(folder, 'none')], file, program, () => (reads++, Promise.resolve(packs)));
  return { folder, file, packs, list, reads: () => reads };
}

test('packs that did not change are read once', async () => {
  const { list, packs, reads } = open();
  expect([await list(), await list(), reads()]).toEqual([packs, packs, 1]);
});

test.each<[string, (of: ReturnType<typeof open>) => void, string]>([
  ['a changed text', ({ folder }) => writeFileSync(join(folder, 'labs', 'one', 'lab.yaml'), 'title: Two, longer\n'), '1'],
  ['a new file', ({ folder }) => writeFileSync(join(folder, 'labs', 'one', 'task.md'), ''), '1'],
  ['a damaged cache', ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 50)), '1'],
  ['another program', () => undefined, '2'],
])('%s is seen', async (_name, change, program) => {
  const of = open();
  await of.list();
  change(of);
  await of.list(program);
  expect(of.reads()).toBe(2);
});

test('mistakes in packs are told each time', async () => {
  const { list, reads } = open([{ file: 'lab.yaml', message: 'wrong' }]);
  await list();
  expect([(await list()).problems, reads()]).toEqual([[{ file: 'lab.yaml', message: 'wrong' }], 2]);
});
