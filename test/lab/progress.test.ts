/** Progress survives what happens to files: damage, a newer version, many writers, a folder that cannot be written. */
import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { CheckReport } from '../../src/lab/lab.ts';
import { Progress } from '../../src/lab/progress.ts';
import { scratch } from './lab-support.ts';

const START = { lab: 'pack/first', backend: 'simulator', cluster: 'cka-lab', of: 3 } as const;

function report(points: number, status: 'fail' | 'unknown' = 'fail'): CheckReport {
  const finding = points === 3 ? { status: 'pass', saw: '' } as const : status === 'fail' ? { status, expected: '', saw: '' } as const : { status, because: '' } as const;
  return { lab: 'pack/first', points, of: 3, tookMs: 1, criteria: [{ id: 'a', title: 'a', points, of: 3, finding }] };
}

function open(folder = scratch()) {
  let now = 1_000_000;
  const notices: string[] = [];
  return { folder, notices, wait: (ms: number) => void (now += ms), progress: new Progress({ folder, now: () => now, onNotice: (text) => notices.push(text) }) };
}

test('an attempt keeps points, time and hints, and its first full marks stay', async () => {
  const { progress, wait } = open();
  const { id } = await progress.begin(START);
  wait(60_000);
  await progress.checked(id, report(1));
  await progress.hintTaken(id);
  wait(60_000);
  await progress.checked(id, report(3));
  wait(60_000);
  await progress.checked(id, report(1));
  await progress.end('cka-lab');
  expect(await progress.all()).toEqual([
    { ...START, id, startedAt: 1_000_000, completedAt: 1_120_000, endedAt: 1_180_000, points: 3, hints: 1, checks: 3, solutionRead: false, tookMs: 120_000 },
  ]);
});

test('a check that could not tell is never a result', async () => {
  const { progress } = open();
  const { id } = await progress.begin(START);
  await progress.checked(id, report(0, 'unknown'));
  expect(await progress.all()).toMatchObject([{ points: 0, checks: 1, tookMs: 0 }]);
  expect(await progress.best('pack/first')).toBeUndefined();
});

test('what a screen finds by itself counts as no check, and only ever betters a result', async () => {
  const { progress, wait } = open();
  const { id } = await progress.begin(START);
  for (const [points, seconds] of [[0, 4], [2, 4], [1, 4]] as const) {
    wait(seconds * 1000);
    await progress.checked(id, report(points), false);
  }
  expect(await progress.all()).toMatchObject([{ points: 2, checks: 0, tookMs: 8_000 }]);
  await progress.checked(id, report(1));
  expect(await progress.all()).toMatchObject([{ points: 1, checks: 1, tookMs: 12_000 }]);
});

test('an exam is recorded once, whoever records it again, and ends nothing that runs', async () => {
  const { progress } = open();
  await progress.begin(START);
  const task = { lab: 'pack/second', backend: 'simulator', cluster: 'exam-1', startedAt: 10, endedAt: 90, tookMs: 60, of: 4 } as const;
  await progress.recordExam('exam-1', [{ ...task, points: 4 }, { ...task, lab: 'pack/third', points: 1, seed: 7 }]);
  await progress.recordExam('exam-1', [{ ...task, points: 0 }]);
  expect((await progress.all()).map(({ lab, exam, points, completedAt, endedAt, tookMs, seed }) => ({ lab, exam, points, completedAt, endedAt, tookMs, seed }))).toEqual([
    { lab: 'pack/first', points: 0, tookMs: 0 },
    { lab: 'pack/second', exam: 'exam-1', points: 4, completedAt: 90, endedAt: 90, tookMs: 60 },
    { lab: 'pack/third', exam: 'exam-1', points: 1, endedAt: 90, tookMs: 60, seed: 7 },
  ]);
});

test('a new attempt on a cluster ends the one before', async () => {
  const { progress } = open();
  await progress.begin(START);
  await progress.begin({ ...START, lab: 'pack/second' });
  expect((await progress.all()).map(({ lab, endedAt }) => [lab, endedAt])).toEqual([['pack/first', 1_000_000], ['pack/second', undefined]]);
  expect((await progress.running('cka-lab'))?.lab).toBe('pack/second');
});

test('the best attempt has most points, then fewest hints, then least time', async () => {
  const { progress, wait } = open();
  for (const [points, hints, seconds] of [[1, 0, 10], [3, 2, 10], [3, 1, 90], [3, 1, 60]] as const) {
    const { id } = await progress.begin(START);
    for (let i = 0; i < hints; i++) await progress.hintTaken(id);
    wait(seconds * 1000);
    await progress.checked(id, report(points));
  }
  expect(await progress.best('pack/first')).toMatchObject({ points: 3, hints: 1, tookMs: 60_000 });
});

test.each([
  ['broken JSON', '{"version":1,"att'],
  ['nothing', ''],
  ['something else', '{"version":1,"attempts":[{"lab":3}]}'],
])('a damaged file (%s) is kept as a copy, and that is said', async (_what, text) => {
  const { folder, progress, notices } = open();
  writeFileSync(join(folder, 'progress.json'), text);
  await progress.begin(START);
  const copy = join(folder, 'progress.json.damaged-1970-01-01T001640.000Z');
  expect(notices).toEqual([`${join(folder, 'progress.json')} was damaged. It is kept as ${copy}; progress starts anew.`]);
  expect(readFileSync(copy, 'utf8')).toBe(text);
  expect(await progress.all()).toHaveLength(1);
});

test('a file of a newer version is refused, and stays as it is', async () => {
  const { folder, progress } = open();
  const text = '{"version":2,"attempts":{}}';
  writeFileSync(join(folder, 'progress.json'), text);
  await expect(progress.begin(START)).rejects.toMatchObject({ message: `${join(folder, 'progress.json')} was written by a newer cka (version 2 of the file).`, exitCode: 3 });
  expect(readFileSync(join(folder, 'progress.json'), 'utf8')).toBe(text);
});

test('a folder that cannot be written is refused with a way out', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'file'), '');
  const { progress } = open(join(folder, 'file', 'data'));
  await expect(progress.begin(START)).rejects.toMatchObject({ action: 'Give yourself access to that folder, or set CKA_HOME to one that you can write to.' });
});

test('a lock that a full disk left empty blocks nobody', async () => {
  const { folder, progress } = open();
  writeFileSync(join(folder, 'progress.json.lock'), '');
  utimesSync(join(folder, 'progress.json.lock'), 1, 1);
  await progress.begin(START);
  expect(readdirSync(folder)).toEqual(['progress.json']);
});

test('processes that write at once lose nothing, and a dead one does not block', async () => {
  const folder = scratch();
  mkdirSync(folder, { recursive: true });
  // Process numbers end below 2^22 on Linux: this one cannot be alive.
  writeFileSync(join(folder, 'progress.json.lock'), '4194999 dead');
  const script = `
    import { Progress } from ${JSON.stringify(new URL('../../src/lab/progress.ts', import.meta.url).href)};
    const progress = new Progress({ folder: process.argv[1] });
    for (let i = 0; i < 10; i++) await progress.begin({ lab: 'pack/first', backend: 'simulator', cluster: process.argv[2] + i, of: 3 });`;
  const run = (name: string) => promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, folder, name], { cwd: new URL('../..', import.meta.url).pathname });
  await Promise.all([run('a'), run('b')]);
  expect(await new Progress({ folder }).all()).toHaveLength(20);
  expect(readdirSync(folder)).toEqual(['progress.json']);
  chmodSync(folder, 0o700);
});
