/** An exam from start to report on clusters in memory: environments, packs that go away, broken clusters, a second process. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import type { ClusterBackend } from '../../src/cluster/cluster.ts';
import { attemptsIn } from '../../src/lab/exam/attempts.ts';
import { Exam, type ExamPorts } from '../../src/lab/exam/exam.ts';
import { EXAM_DEFAULTS } from '../../src/lab/exam/plan.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { makeFolders, makeLab, scratch } from './lab-support.ts';

/** Clusters by name, each as empty as a fake one is. */
function manyClusters(kubeconfig: string) {
  const clusters = new Map<string, FakeCluster>();
  const backend: ClusterBackend = {
    name: 'simulator',
    probe: async () => ({ available: true }),
    async up({ name }) {
      const cluster = new FakeCluster({ kubeconfig });
      Object.assign(cluster, { info: { ...cluster.info, name }, down: async () => void clusters.delete(name) });
      clusters.set(name, cluster);
      return cluster;
    },
    find: async (name) => clusters.get(name),
    list: async () => [...clusters.values()].map(({ info }) => info),
  };
  return { clusters, backend };
}

async function begin(labs: readonly Lab[], minutes = 60) {
  const folders = makeFolders({ PATH: process.env['PATH'] });
  const { clusters, backend } = manyClusters(folders.kubeconfig);
  let now = 0;
  const notices: string[] = [];
  const ports: ExamPorts = { exams: join(scratch(), 'exams'), backend, checkers, folders, clocks: () => ({ at: now, up: now, boot: 'one' }), onNotice: (text) => notices.push(text) };
  const exam = await Exam.start('abcd', { ...EXAM_DEFAULTS, minutes, tasks: labs.length, perCluster: 1 }, labs, [], ports);
  return { exam, ports, clusters, notices, later: (ms: number) => void (now += ms) };
}

const packLab = (name: string): Lab => {
  const folder = join(scratch(), name);
  mkdirSync(join(folder, 'setup'), { recursive: true });
  writeFileSync(join(folder, 'setup', 'given.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: given, namespace: one }\n');
  return makeLab({ id: `pack/${name}`, title: name, folder, setup: [{ apply: 'setup/given.yaml' }] });
};
const answer = (value: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'answer', namespace: 'one' }, data: { value } });

test('from start to report, with the pack gone and another process going on', async () => {
  const [one, two] = [packLab('one'), packLab('two')];
  const { exam, ports, clusters, later } = await begin([one, two]);
  rmSync(one.folder, { recursive: true });
  rmSync(two.folder, { recursive: true });
  await exam.prepareAll();
  expect(exam.state().tasks.map(({ environment }) => environment)).toEqual(['ready', 'ready']);
  await exam.open('1');
  later(5 * 60_000);
  const other = await Exam.open('abcd', ports);
  await other.flag('2', true);
  const [first, second] = exam.plan.tasks;
  clusters.get(first!.cluster)!.put(answer('42'));
  clusters.get(second!.cluster)!.put(answer('41'));
  const state = await other.finish('choice');
  expect([state.status, state.usedMs, state.tasks.map(({ spentMs, flagged, result }) => [spentMs, flagged, result && 'report' in result ? result.report.points : result])]).toEqual(['graded', 300_000, [[300_000, false, 3], [0, true, 2]]]);
  // Ending it twice changes nothing.
  expect((await exam.finish('choice')).tasks.map(({ result }) => result)).toEqual(state.tasks.map(({ result }) => result));
  expect(clusters.size).toBe(0);
});

test('a cluster that died while its exam went on is looked for with every sign of life and every visit, and not after the end', async () => {
  const { exam, ports } = await begin([packLab('one')]);
  await exam.prepareAll();
  const looked: string[] = [];
  const find = ports.backend.find.bind(ports.backend);
  Object.assign(ports.backend, { find: async (name: string) => {
    looked.push(name);
    return find(name);
  } });
  const task = exam.plan.tasks[0]!;
  await exam.alive();
  await exam.prepared(task);
  expect(looked).toEqual([task.cluster, task.cluster]);
  await exam.finish('choice');
  looked.length = 0;
  await exam.alive();
  await exam.prepared(task);
  expect(looked).toEqual([]);
});

test('a cluster that is gone, and one that never came up, are no zero', async () => {
  const { exam, clusters } = await begin([packLab('one'), packLab('two'), makeLab({ id: 'pack/three', folder: scratch(), setup: [{ apply: 'nowhere.yaml' }] })]);
  await exam.prepareAll();
  const broken = exam.plan.tasks.find(({ lab }) => lab === 'pack/three')!;
  const [gone, left] = exam.plan.tasks.filter((task) => task !== broken);
  clusters.delete(gone!.cluster);
  const { tasks } = await exam.finish('choice');
  const found = Object.fromEntries(tasks.map(({ task, result }) => [task.id, result && 'invalid' in result ? result.invalid.replace(/:.*/, '') : 'graded']));
  expect(found).toEqual({ [gone!.id]: `its cluster ${gone!.cluster} no longer exists`, [broken.id]: 'its environment could not be made', [left!.id]: 'graded' });
});

test('the clock stands only where that is allowed', async () => {
  const { exam, later } = await begin([packLab('one')], 10);
  await expect(exam.pause()).rejects.toThrow('The clock of this exam cannot be stopped');
  later(11 * 60_000);
  expect(exam.state().status).toBe('over');
  expect(await exam.finish('choice')).toMatchObject({ finishedBy: 'time', usedMs: 600_000, status: 'graded' });
});

test('an exam that nobody took', async () => {
  const { ports } = await begin([packLab('one')]);
  await expect(Exam.open('nope', ports)).rejects.toThrow('There is no exam "nope".');
});

test('a foreign pack is asked about before anything of it is copied', async () => {
  const lab = packLab('one');
  const { ports } = await begin([packLab('two')]);
  const refused = Exam.start('efgh', EXAM_DEFAULTS, [lab], [], { ...ports, agree: async ([one]) => Promise.reject(new Error(`not agreed: ${one?.id}`)) });
  await expect(refused).rejects.toThrow('not agreed: pack/one');
  await expect(Exam.open('efgh', ports)).rejects.toThrow('There is no exam');
});

test('what an exam found is told when all is graded: the tasks that were opened, where they ran, how long they took', async () => {
  const { exam, ports, clusters, later } = await begin([packLab('one'), packLab('two')]);
  const recorded: unknown[] = [];
  const same = await Exam.open('abcd', { ...ports, record: async (state) => void recorded.push(...attemptsIn(state)) });
  await same.prepareAll();
  await same.open('1');
  later(2 * 60_000);
  clusters.get(exam.plan.tasks[0]!.cluster)!.put(answer('41'));
  await same.finish('choice');
  const [first] = exam.plan.tasks;
  expect(recorded).toEqual([{ lab: first!.lab, backend: 'simulator', because: 'a test said so', cluster: first!.cluster, startedAt: 0, endedAt: 120_000, tookMs: 120_000, points: 2, of: 3 }]);
});

test.each([
  ['what is open at the end is looked at again, for nodes need a moment', true, 2],
  ['what nobody came to is not', false, 1],
])('%s', async (_what, isOpen, looks) => {
  const { exam, ports } = await begin([packLab('one')]);
  let looked = 0;
  const counting: ExamPorts['checkers'] = checkers.map((checker) => (checker.name === 'exists' ? { ...checker, run: async (...args) => (looked++, checker.run(...args)) } : checker));
  await exam.prepareAll();
  const same = await Exam.open('abcd', { ...ports, checkers: counting });
  if (isOpen) await same.open('1');
  await same.finish('choice');
  expect(looked).toBe(looks);
});

describe('the final states', () => {
  const take = async (isSaved: boolean) => {
    const { exam, ports, clusters, notices } = await begin([packLab('one'), packLab('two')]);
    await exam.prepareAll();
    if (isSaved) for (const [name, cluster] of clusters) Object.assign(cluster, { snapshot: async () => `as ${name} was` });
    await exam.finish('choice');
    const restored: string[] = [];
    const backend: ClusterBackend = { ...ports.backend, restore: async (spec, text) => (restored.push(`${spec.name}: ${text}`), ports.backend.up(spec, () => undefined)) };
    return { exam, again: await Exam.open('abcd', { ...ports, backend }), restored, clusters, notices };
  };

  test('of simulated clusters are kept, and each is brought back by itself', async () => {
    const { exam, again, restored, clusters, notices } = await take(true);
    expect([clusters.size, notices]).toEqual([0, []]);
    for (const task of exam.plan.tasks) await again.review(task);
    expect(restored).toEqual(exam.plan.tasks.map(({ cluster }) => `${cluster}: as ${cluster} was`));
    await again.endReview();
    expect(clusters.size).toBe(0);
  });

  test('of others are not, and that is said: when they go, and when somebody wants them back', async () => {
    const { exam, again, restored, notices } = await take(false);
    const told = ({ cluster }: { readonly cluster: string }) => `What you left on cluster ${cluster} cannot be looked at again: only simulated clusters are saved. The report keeps what was found there.`;
    expect(notices.toSorted()).toEqual(exam.plan.tasks.map(told).toSorted());
    const [first] = exam.plan.tasks;
    await expect(again.review(first!)).rejects.toMatchObject({ message: `No final state of cluster ${first!.cluster} was kept.`, action: 'Only simulated clusters are saved. The report says what was found there: cka exam report' });
    expect(restored).toEqual([]);
  });
});
