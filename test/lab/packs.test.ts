/** What packs may do and what they may not: archives, trust, seeds, gates, checker scripts. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { pack, unpack } from '../../src/lab/archive.ts';
import { checkLab } from '../../src/lab/check.ts';
import type { Checker } from '../../src/lab/checker.ts';
import { checkers } from '../../checkers/index.ts';
import { mutationsOf } from '../../src/lab/prove/mutate.ts';
import { draw, fillIn } from '../../src/lab/template.ts';
import { packHash, scriptsIn, Trust } from '../../src/lab/trust.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { makeLab, scratch } from './lab-support.ts';

function folder(files: Readonly<Record<string, string>>): string {
  const root = join(scratch(), 'pack');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('a pack goes into an archive and comes out the same', async () => {
  const root = folder({ 'pack.yaml': 'title: P', '01-one/lab.yaml': 'x: 1', '01-one/setup/a.sh': 'true' });
  const file = join(scratch(), 'p.tgz');
  writeFileSync(file, await pack(root, 'pack'));
  const target = scratch();
  expect(await unpack(file, target)).toBe('pack');
  expect(readFileSync(join(target, 'pack/01-one/lab.yaml'), 'utf8')).toBe('x: 1');
  expect(await packHash(join(target, 'pack'))).toBe(await packHash(root));
});

/** A tar of one entry, as somebody who means harm would write it. */
function tar(name: string, type: string, size = 0): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write('0000644\0', 100);
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  head.write(type, 156);
  head.write('        ', 148);
  head.write(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return gzipSync(Buffer.concat([head, Buffer.alloc(1024)]));
}

test.each([
  ['a climbing path', tar('p/../../x', '0'), 'holds a path that leads outside of it: p/../../x'],
  ['an absolute path', tar('/etc/x', '0'), 'holds a path that leads outside of it: /etc/x'],
  ['a symbolic link', tar('p/x', '2'), 'holds something that is neither file nor folder: p/x'],
  ['a file beside the folder', tar('x', '0'), 'has x outside of its folder'],
  ['a file that is longer than the archive', tar('p/x', '0', 9999), 'ends too early'],
  ['a bomb', gzipSync(Buffer.alloc(60 * 1024 * 1024)), 'holds more than 50 MB'],
  ['something else', Buffer.from('hello'), 'is no gzipped tar archive'],
])('an archive with %s is refused', async (_what, bytes, why) => {
  const file = join(scratch(), 'p.tgz');
  writeFileSync(file, bytes);
  await expect(unpack(file, scratch())).rejects.toThrow(`${file} ${why}. Nothing was installed.`);
});

test('agreement holds for exactly this content', async () => {
  const root = folder({ 'pack.yaml': 'title: P', '01-one/setup/a.sh': 'true', '01-one/setup/b.yaml': 'x: 1', '01-one/checks/c.py': '', '01-one/checks/deep/d.yaml': '', '01-one/solution.sh': '' });
  expect(await scriptsIn(root)).toEqual(['01-one/checks/c.py', '01-one/checks/deep/d.yaml', '01-one/setup/a.sh']);
  const trust = new Trust(scratch());
  await trust.agree(await packHash(root));
  expect(await trust.isAgreed(await packHash(root))).toBe(true);
  writeFileSync(join(root, '01-one/setup/a.sh'), 'rm -rf /');
  expect(await trust.isAgreed(await packHash(root))).toBe(false);
});

test('seed 0 takes what was written first; other seeds draw, and the same seed draws the same', () => {
  const parameters = { a: { oneOf: ['x', 'y', 'z'] }, b: { oneOf: ['x', 'y'], differsFrom: 'a' }, n: { from: 3, to: 5 } } as const;
  const faults = { draw: 2, list: [{ id: 'one', title: '', excludes: ['two'] }, { id: 'two', title: '' }, { id: 'three', title: '' }] };
  expect(draw(parameters, faults, 0)).toEqual({ values: { a: 'x', b: 'y', n: '3', 'fault-one': 'yes', 'fault-two': 'no', 'fault-three': 'yes' }, faults: ['one', 'three'] });
  expect(draw(parameters, faults, 7)).toEqual(draw(parameters, faults, 7));
  for (let seed = 0; seed < 50; seed++) {
    const { values, faults: chosen } = draw(parameters, faults, seed);
    expect([values['a'] !== values['b'], chosen.includes('one') && chosen.includes('two')]).toEqual([true, false]);
  }
  expect(fillIn('name: __a__-__n__ __init__', { a: 'x', n: '3' })).toBe('name: x-3 __init__');
});

test('what stands behind a gate counts only once the gate is open', async () => {
  const says = (name: string, status: 'pass' | 'fail'): Checker => ({ name, parse: () => undefined, title: () => name, run: async () => (status === 'pass' ? { status, saw: '' } : { status, expected: '', saw: '' }) });
  const lab = makeLab({ criteria: [{ id: 'work', title: 'Work', points: 2, use: 'no', with: {} }, { id: 'kept', title: 'Kept', points: 1, use: 'yes', with: {}, needs: ['work'] }] });
  const grade = async (first: 'pass' | 'fail') => (await checkLab(lab, new FakeCluster(), [says('no', first), says('yes', 'pass')], () => 0)).points;
  expect([await grade('fail'), await grade('pass')]).toEqual([0, 3]);
});

test.each([
  ['echo seen; exit 0', { status: 'pass', saw: 'seen' }],
  ['echo seen; echo look >&2; exit 1', { status: 'fail', expected: 'It is so', saw: 'seen', nudge: 'look' }],
  ['echo broken >&2; exit 7', { status: 'unknown', because: 'checks/c.sh ended with 7: broken' }],
  ['yes', { status: 'unknown', because: expect.stringContaining('printed more than 64 kB') as string }],
  ['kill -9 $$', { status: 'unknown', because: expect.stringContaining('ended with SIGKILL') as string }],
  ['printf "\\033[2J\\033[31mtwo\\a of\\tthree\\nmore"; exit 1', { status: 'fail', expected: 'It is so', saw: 'two of three' }],
  ['head -c 60000 /dev/zero | tr "\\0" x', { status: 'pass', saw: `${'x'.repeat(1000)} …` }],
  ['[ -z "$SECRET_OF_MINE" ] && grep -q "namespace: $CKA_NAMESPACE" "$KUBECONFIG" && echo "$CKA_NAMESPACE"', { status: 'pass', saw: 'one' }],
])('a checker script: %s', async (text, finding) => {
  process.env['SECRET_OF_MINE'] = 'x';
  const root = folder({ 'checks/c.sh': `#!/bin/sh\n${text}\n` });
  chmodSync(join(root, 'checks/c.sh'), 0o755);
  const lab = makeLab({ folder: root, criteria: [{ id: 'c', title: 'C', points: 1, use: 'script', with: { run: 'checks/c.sh', expected: 'It is so' } }] });
  const kubeconfig = join(root, 'kubeconfig');
  writeFileSync(kubeconfig, 'clusters: []\nusers: []\ncontexts: [{ name: one, context: { cluster: one, user: one } }]\n');
  expect((await checkLab(lab, new FakeCluster({ kubeconfig }), checkers, () => 0)).criteria[0]!.finding).toEqual(finding);
});

test('what a checker script leaves running ends with it, in its group or out of it', async () => {
  const root = folder({ 'checks/c.sh': '#!/bin/sh\nsleep 300 & echo $! >"$1"; setsid sleep 300 & echo $! >>"$1"; echo so\n' });
  chmodSync(join(root, 'checks/c.sh'), 0o755);
  const left = join(root, 'left');
  writeFileSync(join(root, 'kubeconfig'), 'clusters: []\nusers: []\ncontexts: []\n');
  const lab = makeLab({ folder: root, criteria: [{ id: 'c', title: 'C', points: 1, use: 'script', with: { run: 'checks/c.sh', args: [left], expected: 'It is so' } }] });
  expect((await checkLab(lab, new FakeCluster({ kubeconfig: join(root, 'kubeconfig') }), checkers, () => 0)).criteria[0]!.finding).toEqual({ status: 'pass', saw: 'so' });
  const runs = (id: string) => /^State:\s+[^ZX]/m.test(existsSync(`/proc/${id}/status`) ? readFileSync(`/proc/${id}/status`, 'utf8') : '');
  await vi.waitFor(() => expect(readFileSync(left, 'utf8').trim().split('\n').filter(runs)).toEqual([]), 20_000);
});

test.each([
  ['none', { 'other/cat': '' }, 'ours kubectl get pods'],
  ['its own', { 'other/kubectl': '#!/bin/sh\necho theirs "$@"\n' }, 'theirs get pods'],
])('the kubectl of a checker script on a machine that has %s', async (_which, inPath, saw) => {
  const root = folder({ 'checks/c.sh': '#!/bin/sh\nkubectl get pods\n', kubeconfig: 'clusters: []\nusers: []\ncontexts: []\n', ...inPath });
  for (const file of ['checks/c.sh', ...Object.keys(inPath)]) chmodSync(join(root, file), 0o755);
  vi.stubEnv('PATH', join(root, 'other'));
  const lab = makeLab({ folder: root, criteria: [{ id: 'c', title: 'C', points: 1, use: 'script', with: { run: 'checks/c.sh', expected: 'It is so' } }] });
  const report = await checkLab(lab, new FakeCluster({ kubeconfig: join(root, 'kubeconfig') }), checkers, () => 0, { self: ['/bin/echo', 'ours'] });
  vi.unstubAllEnvs();
  expect(report.criteria[0]!.finding).toEqual({ status: 'pass', saw });
});

test('mutations leave out one changing step each, and keep here-documents whole', () => {
  expect(mutationsOf('x=1\nkubectl apply -f - <<EOF\na: 1\nEOF\nkubectl wait pod x\nkubectl label pod x a=b\n')).toEqual([
    { left: 'kubectl apply -f - <<EOF', script: 'x=1\n: <<EOF\na: 1\nEOF\nkubectl wait pod x\nkubectl label pod x a=b\n' },
    { left: 'kubectl label pod x a=b', script: 'x=1\nkubectl apply -f - <<EOF\na: 1\nEOF\nkubectl wait pod x\n:\n' },
  ]);
});

test('a step for a fault that was not drawn is left alone, and so is one that only helps', () => {
  const script = '# fault: name\nkubectl label a\n# fault: port\nkubectl label b\n# helps only: it would come by itself\nkubectl rollout restart c\nkubectl label d\n';
  expect([[], ['name'], ['name', 'port']].map((faults) => mutationsOf(script, faults).map(({ left }) => left.split(' ').at(-1)))).toEqual([['d'], ['a', 'd'], ['a', 'b', 'd']]);
});
