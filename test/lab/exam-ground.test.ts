/** Before an exam begins: whether foreign scripts may run, and what the place of its clusters lets it ask. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { UserError } from '../../src/base/user-error.ts';
import type { Cli } from '../../src/cli/command.ts';
import { startExam } from '../../src/cli/exam/exams.ts';
import { groundFor } from '../../src/cli/exam/ground.ts';
import { requireAgreement } from '../../src/cli/pack/agree.ts';
import type { Backends } from '../../src/cluster/backends.ts';
import type { BackendName } from '../../src/cluster/cluster.ts';
import { EXAM_DEFAULTS } from '../../src/lab/exam/plan.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { makeLab, scratch } from './lab-support.ts';

function foreignLab() {
  const root = scratch();
  const folder = join(root, 'pack', '01-first');
  mkdirSync(join(folder, 'setup'), { recursive: true });
  writeFileSync(join(folder, 'setup', 'x.sh'), 'echo hello\n');
  const cli: Cli = { root: '/program', version: '0', self: ['cka'], env: { CKA_HOME: join(root, 'home') }, isTerminal: true, out: () => undefined, err: () => undefined };
  return { cli, lab: makeLab({ id: 'pack/first', folder }), script: join(folder, 'setup', 'x.sh') };
}

test('scripts of a foreign pack: refused where nobody can be asked, asked once where somebody can, asked again when they change', async () => {
  const { cli, lab, script } = foreignLab();
  const questions: string[] = [];
  const answering = (answer: string) => async (question: string) => {
    questions.push(question);
    return answer;
  };
  await expect(requireAgreement(cli, lab)).rejects.toMatchObject({ message: expect.stringContaining('brings scripts that would run on this machine or on nodes: 01-first/setup/x.sh') as string, action: expect.stringContaining('cka pack trust') as string });
  await expect(requireAgreement(cli, lab, answering(''))).rejects.toThrow('brings scripts');
  await requireAgreement(cli, lab, answering('y'));
  await requireAgreement(cli, lab, answering('n'));
  expect(questions).toHaveLength(2);
  writeFileSync(script, 'echo something else\n');
  await expect(requireAgreement(cli, lab, answering('n'))).rejects.toThrow('brings scripts');
  expect(questions).toHaveLength(3);
});

test.each<[string, BackendName, Parameters<typeof groundFor>[3], object, boolean]>([
  ['on the simulator nothing is held back', 'simulator', {}, EXAM_DEFAULTS, false],
  ['on kind clusters are few, and tasks share them', 'kind', {}, { ...EXAM_DEFAULTS, backend: 'kind', clusters: 2, perCluster: 12 }, false],
  ['on kind, unless it was said', 'kind', { perCluster: '4' }, { ...EXAM_DEFAULTS, backend: 'kind', clusters: 2, perCluster: 4 }, false],
  ['on their own cluster there is one, and it is looked at first', 'existing', { context: 'theirs' }, { ...EXAM_DEFAULTS, backend: 'existing', context: 'theirs', clusters: 1, perCluster: 60 }, true],
])('%s', async (_what, backend, options, settings, isTheirs) => {
  const own = new FakeCluster();
  const made: string[] = [];
  const backends = { choose: async () => ({ backend, because: 'a test' }), up: async ({ name }: { readonly name: string }) => (made.push(name), own) } as unknown as Backends;
  const ground = await groundFor('abcd', EXAM_DEFAULTS, backends, options);
  expect(ground).toEqual({ settings, ...(isTheirs ? { own } : {}) });
  expect(made).toEqual(isTheirs ? ['exam-abcd-1'] : []);
});

test('two exams begun at the same moment: one begins, the other is told', async () => {
  const { cli } = foreignLab();
  const plain = makeLab({ id: 'pack/plain', folder: join(scratch(), 'pack', '01-plain') });
  mkdirSync(plain.folder, { recursive: true });
  const begun = await Promise.allSettled([1, 2].map(async (seed) => startExam(cli, { ...EXAM_DEFAULTS, seed, tasks: 1 }, [plain], { options: { backend: 'simulator' } })));
  const exam = begun.find((one) => one.status === 'fulfilled')?.value;
  const refusals = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason as UserError] : []));
  expect(refusals.map(({ message, action }) => [message, action])).toEqual([[`Exam ${exam?.plan.id} is not finished yet.`, 'Go on with it: cka exam resume. End it: cka exam finish']]);
});
