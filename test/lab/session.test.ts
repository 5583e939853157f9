/** A lab from start to stop, on any cluster: what is kept, what is begun anew, what is refused. */
import { expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import { outcomeOf } from '../../src/lab/check.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { Progress } from '../../src/lab/progress.ts';
import { LabSession, type SessionOptions } from '../../src/lab/session.ts';
import { FakeCluster, fakeBackend } from '../support/fake-cluster.ts';
import { makeFolders, makeLab, scratch } from './lab-support.ts';

function surroundings(changes: Partial<Lab> = {}) {
  const folders = makeFolders();
  const cluster = new FakeCluster({ kubeconfig: folders.kubeconfig, objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }] });
  const notices: string[] = [];
  const steps: string[] = [];
  const options: SessionOptions = {
    lab: makeLab(changes), backend: fakeBackend(cluster), progress: new Progress({ folder: scratch() }), checkers, folders,
    spec: { name: 'cka-lab', workers: 2, cni: 'calico', proxyMode: 'iptables' },
    onNotice: (text) => notices.push(text), onProgress: (step) => steps.push(step),
  };
  return { cluster, options, notices, steps };
}

const answer = (value: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'answer', namespace: 'one' }, data: { value } });

test('a lab is started, solved step by step, and its result is kept', async () => {
  const { cluster, options, steps } = surroundings();
  const session = await LabSession.start(options);
  expect(session.resumed).toBe(false);
  expect([steps, cluster.resets]).toEqual([['creating namespace one'], 0]);
  expect(cluster.objects.get('/api/v1/namespaces/one')?.metadata.labels).toEqual({ 'cka-trainer/lab': 'pack.first' });

  expect(await session.check()).toMatchObject({ points: 0, of: 3, criteria: [{ id: 'there', points: 0, of: 2, finding: { status: 'fail', saw: 'ConfigMap "answer" in namespace "one" does not exist' } }, { id: 'right', points: 0 }] });
  cluster.put(answer('41'));
  expect(await session.check()).toMatchObject({ points: 2, criteria: [{ finding: { status: 'pass' } }, { finding: { status: 'fail', saw: 'data.value is 41' } }] });
  cluster.put(answer('42'));
  const report = await session.check();
  expect([report.points, outcomeOf(report)]).toEqual([3, 'full']);
  expect(await options.progress.best('pack/first')).toMatchObject({ backend: 'simulator', because: 'a test said so', points: 3, of: 3, checks: 3, hints: 0 });
});

test('another process goes on with a lab that runs: start, hints and attempt are the same', async () => {
  const { cluster, options } = surroundings();
  const first = await LabSession.start(options);
  cluster.put(answer('41'));
  expect(first.takeHint()).toBe('Look.');
  await first.settled();

  const second = await LabSession.start(options);
  expect([second.resumed, second.hintsTaken, second.startedAtMs]).toEqual([true, 1, first.startedAtMs]);
  expect(second.takeHint()).toBe('Look closer.');
  expect(second.takeHint()).toBeUndefined();
  expect((await LabSession.find(options)).attempt.id).toBe(first.attempt.id);
  expect(cluster.objects.has('/api/v1/namespaces/one/configmaps/answer')).toBe(true);
});

test('reset is a new attempt on a clean cluster; hints that were read stay read', async () => {
  const { cluster, options } = surroundings();
  const session = await LabSession.start(options);
  session.takeHint();
  cluster.put(answer('41'));
  const before = session.attempt.id;
  await session.reset();
  expect(session.attempt.id).not.toBe(before);
  expect([session.hintsTaken, cluster.objects.has('/api/v1/namespaces/one/configmaps/answer'), cluster.objects.has('/api/v1/namespaces/one')]).toEqual([1, false, true]);
});

test('stop ends the attempt and leaves nothing in the cluster', async () => {
  const { cluster, options } = surroundings();
  const session = await LabSession.start(options);
  await session.stop();
  expect([...cluster.objects.keys()]).toEqual(['/api/v1/namespaces/default']);
  await expect(LabSession.find(options)).rejects.toMatchObject({ message: 'Lab pack/first is not running on cluster cka-lab.', action: 'Start it: cka lab start pack/first', exitCode: 2 });
});

test('a cluster that lacks what the lab needs is refused before anything is touched', async () => {
  const { cluster, options } = surroundings({ needs: ['nodes-2', 'ipvs'] });
  await expect(LabSession.start(options)).rejects.toMatchObject({ message: 'Lab pack/first needs kube-proxy in IPVS mode, which cluster cka-lab does not have.' });
  expect([cluster.writes, cluster.resets]).toEqual([[], 0]);
});

test('a namespace that somebody else made is left alone, since it would go with the lab', async () => {
  const { cluster, options } = surroundings();
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
  await expect(LabSession.start(options)).rejects.toMatchObject({ message: 'The cluster has a namespace one that no lab made.', action: 'Remove it if nobody needs it (kubectl delete namespace one), or use another cluster.' });
  expect(cluster.writes).toEqual([]);
});

test('whoever has not agreed to the scripts of a pack runs none of them: not at the start, in a check or for a hint', async () => {
  const { options } = surroundings({ observations: [{ when: { use: 'script', with: { run: 'checks/x.sh', expected: 'x' } }, hint: 'Look.' }] });
  const session = await LabSession.start(options);
  const wary = { ...options, agree: () => Promise.reject(new Error('not agreed')) };
  const found = await LabSession.find(wary);
  for (const asked of [() => found.check(), () => found.observations(), () => LabSession.start({ ...wary, lab: makeLab({ id: 'pack/second', namespaces: ['two'] }) })]) await expect(asked()).rejects.toThrow('not agreed');
  await session.settled();
});

test('a checker that throws or hangs makes its criterion unknown, and no result is kept', async () => {
  const { options } = surroundings({ criteria: [{ id: 'broken', title: 'b', points: 1, use: 'broken', with: {} }] });
  const broken = { name: 'broken', parse: () => ({}), title: () => 'b', run: () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:1')) };
  const session = await LabSession.start({ ...options, checkers: [broken] });
  const report = await session.check();
  expect([outcomeOf(report), report.criteria[0]?.finding]).toEqual(['unknown', { status: 'unknown', because: 'connect ECONNREFUSED 127.0.0.1:1' }]);
  expect(await options.progress.best('pack/first')).toBeUndefined();
});

test('a check has its bound', async () => {
  const { checkLab } = await import('../../src/lab/check.ts');
  const hangs = { name: 'hangs', parse: () => ({}), title: () => 'h', run: () => new Promise<never>(() => undefined) };
  const lab = makeLab({ criteria: [{ id: 'h', title: 'h', points: 1, use: 'hangs', with: {} }] });
  const report = await checkLab(lab, new FakeCluster(), [hangs], () => performance.now(), { boundMs: 20 });
  expect(report.criteria[0]?.finding).toEqual({ status: 'unknown', because: 'the check did not end within 0.02 seconds' });
});

test('a result that cannot be written is said, and the learner is graded all the same', async () => {
  const { options, notices } = surroundings();
  const session = await LabSession.start(options);
  options.progress.checked = () => Promise.reject(Object.assign(new Error('disk'), { code: 'ENOSPC' }));
  expect((await session.check()).of).toBe(3);
  expect(notices).toEqual(['Error: disk']);
});

test('the next lab on a used cluster finds it at its start, and the learner is told that the last one has ended', async () => {
  const { cluster, options, notices } = surroundings();
  await LabSession.start(options);
  await LabSession.start({ ...options, lab: makeLab({ id: 'pack/second', namespaces: ['two'] }) });
  expect([cluster.resets, cluster.objects.has('/api/v1/namespaces/one'), cluster.objects.has('/api/v1/namespaces/two')]).toEqual([1, false, true]);
  expect(notices).toEqual(['Lab pack/first was running on cluster cka-lab. It has ended.']);
});

test('a start that was interrupted leaves nothing that the next one trips over', async () => {
  const { cluster, options } = surroundings();
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one', labels: { 'cka-trainer/lab': 'pack.first' } } });
  cluster.put(answer('half'));
  const session = await LabSession.start(options);
  expect([session.resumed, cluster.writes]).toEqual([false, ['DELETE /api/v1/namespaces/one', 'DELETE /api/v1/namespaces/one/pods', 'POST /api/v1/namespaces']]);
});

test('on a cluster that others use too, theirs stays and is not built upon', async () => {
  const { cluster, options } = surroundings();
  Object.assign(cluster, { owner: 'me', offers: new Set(['nodes-2']) });
  const namespace = (name: string, owner: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'cka-trainer/lab': 'pack.first', 'cka-trainer/owner': owner } } });
  cluster.put(namespace('theirs', 'somebody'));
  await LabSession.start(options);
  expect([cluster.objects.has('/api/v1/namespaces/theirs'), cluster.objects.get('/api/v1/namespaces/one')?.metadata.labels]).toEqual([true, { 'cka-trainer/lab': 'pack.first', 'cka-trainer/owner': 'me' }]);
  await expect(LabSession.start({ ...options, lab: makeLab({ id: 'pack/second', namespaces: ['theirs'] }) })).rejects.toMatchObject({ message: 'The namespace theirs of this cluster belongs to a lab of somebody else.' });
});

test('two starts at the same moment are one', async () => {
  const { cluster, options } = surroundings();
  const [a, b] = await Promise.all([LabSession.start(options), LabSession.start(options)]);
  expect([a.resumed !== b.resumed, a.attempt.id === b.attempt.id, cluster.writes]).toEqual([true, true, ['POST /api/v1/namespaces']]);
});
