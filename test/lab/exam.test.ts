/** The exam without a cluster: drawn, lived through and scored from its events; time, bad disks and what was typed. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import { mayStandBeside, placed } from '../../src/lab/exam/beside.ts';
import { DOMAINS, type Domain } from '../../src/lab/exam/domains.ts';
import { drawExam } from '../../src/lab/exam/draw.ts';
import type { ExamEvent, ExamHappening, TaskResult } from '../../src/lab/exam/event.ts';
import { ExamFile } from '../../src/lab/exam/exam-file.ts';
import { adviceOn, adviceOnBaseHost } from '../../src/lab/exam/habits.ts';
import { pastExams, trends, type PastExam } from '../../src/lab/exam/history.ts';
import { EXAM_DEFAULTS, type ExamPlan } from '../../src/lab/exam/plan.ts';
import { inProportion } from '../../src/lab/exam/proportion.ts';
import { examReport } from '../../src/lab/exam/report.ts';
import { reportHtml } from '../../src/lab/exam/report-html.ts';
import { reportMarkdown } from '../../src/lab/exam/report-markdown.ts';
import { examPercent, taskScore } from '../../src/lab/exam/score.ts';
import { examState, warningBetween } from '../../src/lab/exam/state.ts';
import { passed, type Reading } from '../../src/lab/exam/time.ts';
import { readTyped } from '../../src/lab/exam/typed.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { loadPacks } from '../../src/lab/load.ts';
import { makeLab, scratch } from './lab-support.ts';

const lab = (id: string, changes: Partial<Lab> = {}): Lab => makeLab({ id, title: id, namespaces: [id.replace('/', '-')], ...changes });
/** Ten labs in each of the domains. */
const many = (domains: readonly Domain[] = DOMAINS): readonly Lab[] =>
  domains.flatMap((domain, d) => Array.from({ length: 10 }, (_, n) => lab(`p${d}/l${n}`, { domain, competency: `c${n % 3}`, difficulty: (['easy', 'medium', 'hard'] as const)[n % 3]!, minutes: 5 + n })));

const MINUTE = 60_000;
/** Minutes since the start, on a machine that runs all the time. */
const at = (minutes: number, changes: Partial<Reading> = {}): Reading => ({ at: Date.UTC(2026, 10, 21) + minutes * MINUTE, up: 1_000_000 + minutes * MINUTE, boot: 'one', ...changes });

describe('the drawing', () => {
  test.each([
    ['all domains', DOMAINS, 16, [5, 4, 3, 2, 2]],
    ['two domains', DOMAINS.slice(2, 4), 7, [0, 0, 4, 3, 0]],
    ['more tasks than labs', DOMAINS.slice(4), 16, [0, 0, 0, 0, 10]],
  ] as const)('gives each domain its share: %s', (_name, domains, tasks, counts) => {
    const { plan } = drawExam({ id: 'x', settings: { ...EXAM_DEFAULTS, tasks }, labs: many(domains) });
    expect(DOMAINS.map((domain) => plan.tasks.filter((task) => task.domain === domain).length)).toEqual(counts);
    expect(plan.tasks.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
    expect(new Set(plan.tasks.map(({ lab: id }) => id)).size).toBe(plan.tasks.length);
    expect(new Set(plan.tasks.map(({ host }) => host)).size).toBe(plan.tasks.length);
  });

  test('the same seed gives the same exam, another one another', () => {
    const draw = (seed: number) => drawExam({ id: 'x', settings: { ...EXAM_DEFAULTS, seed }, labs: many() }).plan;
    expect(draw(7)).toEqual(draw(7));
    expect(draw(8).tasks.map(({ lab: id }) => id)).not.toEqual(draw(7).tasks.map(({ lab: id }) => id));
  });

  test('labs of the last exam come back only when there are no others', () => {
    const first = drawExam({ id: 'x', settings: EXAM_DEFAULTS, labs: many() }).plan.tasks.map(({ lab: id }) => id);
    const second = drawExam({ id: 'y', settings: EXAM_DEFAULTS, labs: many(), recent: first }).plan.tasks.map(({ lab: id }) => id);
    expect(second.filter((id) => first.includes(id))).toEqual([]);
  });

  test('says what it does not cover', () => {
    expect(drawExam({ id: 'x', settings: EXAM_DEFAULTS, labs: many(DOMAINS.slice(2, 4)).slice(0, 3) }).plan.remarks).toEqual([
      'There are 3 labs that can be asked here, so this exam has 3 tasks instead of 16.',
      "It covers domains with 20 % of the real exam's weight. Not asked: Troubleshooting (30 %); Cluster Architecture, Installation and Configuration (25 %); Workloads and Scheduling (15 %); Storage (10 %).",
    ]);
  });

  test('the labs that come with the program: two exams of 16 tasks in all five domains, and none of them in both', async () => {
    const { labs } = await loadPacks([new URL('../../labs', import.meta.url).pathname], checkers);
    const asked = labs.filter(({ needs }) => !needs.includes('plain-machines'));
    const first = drawExam({ id: 'x', settings: { ...EXAM_DEFAULTS, seed: 1 }, labs: asked }).plan.tasks;
    const second = drawExam({ id: 'y', settings: { ...EXAM_DEFAULTS, seed: 2 }, labs: asked, recent: first.map(({ lab: id }) => id) }).plan.tasks;
    for (const tasks of [first, second]) expect(DOMAINS.map((domain) => tasks.filter((task) => task.domain === domain).length)).toEqual([5, 4, 3, 2, 2]);
    expect(second.filter(({ lab: id }) => first.some((task) => task.lab === id))).toEqual([]);
  });

  test('nothing to draw from', () => {
    expect(() => drawExam({ id: 'x', settings: EXAM_DEFAULTS, labs: [] })).toThrow('There are no labs to draw an exam from.');
  });

  test('a lab that varies is drawn with the exam', () => {
    const varying = lab('p/v', { vary: (seed: number) => lab('p/v', { seed, namespaces: [`n${seed}`] }) });
    const { plan, labs } = drawExam({ id: 'x', settings: { ...EXAM_DEFAULTS, tasks: 1 }, labs: [varying] });
    expect(labs[0]!.namespaces).toEqual([`n${plan.tasks[0]!.seed}`]);
  });

  test.each([
    ['nothing in common', lab('p/a'), lab('p/b'), true],
    ['one namespace', lab('p/a', { namespaces: ['x', 'y'] }), lab('p/b', { namespaces: ['y'] }), false],
    ['a script on a node', lab('p/a', { setup: [{ node: '-worker', script: 'x.sh' }] }), lab('p/b'), false],
    ['says that it touches the cluster', lab('p/a'), lab('p/b', { touches: 'cluster' }), false],
    ['works on nodes', lab('p/a'), lab('p/b', { needs: ['node-shell'] }), false],
    ['in kube-system', lab('p/a'), lab('p/b', { namespaces: ['kube-system'] }), false],
    ['another network plugin', lab('p/a'), lab('p/b', { needs: ['cni-flannel'] }), false],
    ['two workers each', lab('p/a', { needs: ['nodes-2'] }), lab('p/b'), true],
  ])('may stand beside each other: %s', (_name, one, other, may) => {
    expect([mayStandBeside(one, other), mayStandBeside(other, one), placed(other, [[one]], { perCluster: 4 })?.length]).toEqual([may, may, may ? 1 : 2]);
  });

  test.each([
    ['as many as they ask for', undefined, [['p/a', 'p/b'], ['p/c'], ['p/wide'], ['p/wider']]],
    ['few: one of them for those who share', 2, [['p/wide'], ['p/a', 'p/b']]],
    ['one: only what may stand beside the others', 1, [['p/a', 'p/b']]],
  ] as const)('clusters, %s', (_name, clusters, expected) => {
    const wide = [lab('p/wide', { touches: 'cluster' }), lab('p/wider', { touches: 'cluster' })];
    const labs = clusters === undefined ? [lab('p/a'), lab('p/b'), lab('p/c'), ...wide] : [...wide, lab('p/a'), lab('p/b'), lab('p/c')];
    const { plan } = drawExam({ id: 'x', settings: { ...EXAM_DEFAULTS, perCluster: 2, ...(clusters === undefined ? {} : { clusters }) }, labs });
    expect(plan.clusters.map(({ name }) => plan.tasks.filter(({ cluster }) => cluster === name).length).toSorted((a, b) => a - b)).toEqual(expected.map((group) => group.length).toSorted((a, b) => a - b));
    expect(plan.remarks[0]).toBe(clusters === undefined ? 'There are 5 labs that can be asked here, so this exam has 5 tasks instead of 16.' : `This exam has ${expected.flat().length} tasks instead of 16: no more can stand beside each other on ${clusters} ${clusters === 1 ? 'cluster' : 'clusters'}.`);
  });

  test.each([
    [[30, 25, 20, 15, 10], 16, undefined, [5, 4, 3, 2, 2]],
    [[1, 1, 1], 100, undefined, [34, 33, 33]],
    [[90, 10], 4, [1, 9], [1, 3]],
    [[1, 1], 10, [2, 3], [2, 3]],
  ])('in proportion: %j of %i', (weights, total, limits, shares) => {
    expect(inProportion(weights, total, limits)).toEqual(shares);
  });
});

const PLAN: ExamPlan = drawExam({ id: 'test', settings: { ...EXAM_DEFAULTS, tasks: 3, seed: 1, pauses: true }, labs: many().slice(20, 23) }).plan;

/** What happened, at which minute. */
function log(...rows: readonly (readonly [number | Reading, ExamHappening])[]): readonly ExamEvent[] {
  return [[at(0), { type: 'started', plan: PLAN }] as const, ...rows].map(([when, what]) => ({ ...what, clocks: typeof when === 'number' ? at(when) : when }) as ExamEvent);
}

describe('the state, from events alone', () => {
  const open = (task: string): ExamHappening => ({ type: 'opened', task });

  test.each<[string, readonly ExamEvent[], Reading, string, number, readonly number[]]>([
    ['just begun', log(), at(0), 'running', 120, [0, 0, 0]],
    ['one task', log([0, open('1')]), at(10), 'running', 110, [10, 0, 0]],
    ['back and forth', log([0, open('1')], [10, open('2')], [15, open('1')]), at(20), 'running', 100, [15, 5, 0]],
    ['the clock runs while away', log([0, open('1')], [10, { type: 'left' }]), at(50), 'running', 70, [10, 0, 0]],
    ['back again', log([0, open('1')], [10, { type: 'left' }], [50, { type: 'returned' }], [50, open('1')]), at(55), 'running', 65, [15, 0, 0]],
    ['a crash counts to the last sign of life', log([0, open('1')], [9, { type: 'alive' }], [50, { type: 'returned' }], [50, open('1')]), at(55), 'running', 65, [14, 0, 0]],
    ['paused', log([0, open('1')], [10, { type: 'paused' }]), at(50), 'paused', 110, [10, 0, 0]],
    ['paused and on', log([0, open('1')], [10, { type: 'paused' }], [40, { type: 'continued' }]), at(50), 'running', 100, [20, 0, 0]],
    ['time over', log([0, open('2')]), at(121), 'over', 0, [0, 120, 0]],
    ['ended long after', log([0, open('2')], [600, { type: 'finished', by: 'time' }]), at(700), 'finished', 0, [0, 120, 0]],
    ['ended by choice', log([0, open('3')], [60, { type: 'finished', by: 'choice' }]), at(700), 'finished', 60, [0, 0, 60]],
    ['the clock is set back', log([0, open('1')], [at(10, { at: at(-500).at }), open('2')]), at(20, { at: at(-490).at }), 'running', 100, [10, 10, 0]],
    ['the clock is set forward', log([0, open('1')]), at(20, { at: at(9000).at }), 'running', 100, [20, 0, 0]],
    ['a reboot', log([0, open('1')], [10, { type: 'left' }]), { at: at(40).at, up: 5_000, boot: 'two' }, 'running', 80, [10, 0, 0]],
    ['a reboot into a clock that is wrong', log([0, open('1')], [10, { type: 'left' }]), { at: at(-9000).at, up: 5_000, boot: 'two' }, 'running', 110, [10, 0, 0]],
  ])('%s', (_name, events, now, status, leftMinutes, spent) => {
    const state = examState(events, now);
    expect([state.status, state.remainingMs / MINUTE, state.tasks.map(({ spentMs }) => spentMs / MINUTE)]).toEqual([status, leftMinutes, spent]);
  });

  test('flags, notes, visits and environments', () => {
    const state = examState(log([1, open('2')], [2, { type: 'flagged', task: '2', flagged: true }], [2, { type: 'noted', task: '2', text: 'dns?' }], [3, { type: 'prepared', task: '1' }], [3, { type: 'unprepared', task: '3', because: 'no room' }], [4, open('1')], [5, open('2')], [5, open('nobody')]), at(6));
    expect(state.tasks.map(({ flagged, note, visits, environment }) => [flagged, note, visits, environment])).toEqual([[false, '', 1, 'ready'], [true, 'dns?', 2, 'coming'], [false, '', 0, { failed: 'no room' }]]);
  });

  test('the same list and the same moment give the same state', () => {
    const events = log([0, open('1')], [10, open('2')]);
    expect(examState(JSON.parse(JSON.stringify(events)) as ExamEvent[], at(20))).toEqual(examState(events, at(20)));
  });

  test.each([[31, 30, 30], [30, 29.9, undefined], [11, 4, 5], [5.01, 4.99, 5], [100, 99, undefined]])('from %d to %d minutes left warns of %s', (before, after, warned) => {
    expect(warningBetween(before * MINUTE, after * MINUTE)).toBe(warned);
  });

  test.each<[string, Reading, Reading, number]>([
    ['a minute', at(0), at(1), MINUTE],
    ['asleep: the wall and the uptime go on', at(0), at(60), 60 * MINUTE],
    ['the wall set back', at(0), at(1, { at: 0 }), MINUTE],
    ['no boot id, uptime restarted', at(0, { boot: '' }), { at: at(5).at, up: 10, boot: '' }, 5 * MINUTE],
    ['a reboot while summer time begins: 01:59 and 03:01 on clocks in Berlin', at(0, { at: Date.parse('2026-03-29T00:59:00Z') }), { at: Date.parse('2026-03-29T01:01:00Z'), up: 10, boot: 'two' }, 2 * MINUTE],
    ['a reboot while it ends: 02:59 and 02:01', at(0, { at: Date.parse('2026-10-25T00:59:00Z') }), { at: Date.parse('2026-10-25T01:01:00Z'), up: 10, boot: 'two' }, 2 * MINUTE],
  ])('time that passed: %s', (_name, from, to, ms) => {
    expect(passed(from, to)).toBe(ms);
  });
});

const finding = (status: 'pass' | 'fail' | 'unknown') => (status === 'pass' ? { status, saw: 'it' } : status === 'fail' ? { status, expected: 'that <b>', saw: 'this', nudge: 'Look.' } : { status, because: 'nobody answers' });
const graded = (...criteria: readonly (readonly ['pass' | 'fail' | 'unknown', number])[]): TaskResult => ({
  report: { lab: 'x', points: 0, of: 0, tookMs: 1, criteria: criteria.map(([status, of], index) => ({ id: `c${index}`, title: `criterion ${index}`, of, points: status === 'pass' ? of : 0, finding: finding(status) })) },
});

describe('the score', () => {
  test.each<[string, TaskResult | undefined, string, number, number]>([
    ['all', graded(['pass', 3], ['pass', 2]), 'full', 5, 5],
    ['some', graded(['pass', 3], ['fail', 2]), 'part', 3, 5],
    ['nothing', graded(['fail', 2]), 'none', 0, 2],
    ['unknown counts neither way', graded(['pass', 3], ['unknown', 2]), 'full', 3, 3],
    ['all unknown', graded(['unknown', 2]), 'invalid', 0, 0],
    ['no environment', { invalid: 'gone' }, 'invalid', 0, 0],
    ['not graded', undefined, 'invalid', 0, 0],
  ])('of a task: %s', (_name, result, status, points, of) => {
    expect(taskScore(result)).toMatchObject({ status, points, of });
  });

  test.each<[string, readonly (readonly [number, number | undefined])[], number | undefined]>([
    ['by weight', [[60, 1], [40, 0.5]], 80],
    ['a broken environment is no zero', [[60, 1], [40, undefined]], 100],
    ['nothing but broken ones', [[60, undefined]], undefined],
    ['one decimal', [[33, 1], [33, 0], [34, 0]], 33],
  ])('of an exam: %s', (_name, tasks, percent) => {
    expect(examPercent(tasks.map(([weight, share]) => ({ weight, share })))).toBe(percent);
  });
});

describe('the report', () => {
  const labs = new Map(PLAN.tasks.map((task) => [task.id, lab(task.lab, { competency: task.competency })]));
  const events = log(
    [0, { type: 'opened', task: '1' }], [30, { type: 'opened', task: '2' }], [40, { type: 'noted', task: '2', text: 'a <note>' }], [45, { type: 'finished', by: 'choice' }],
    [46, { type: 'graded', task: '1', result: graded(['pass', 3], ['fail', 1]), typed: [{ at: at(1).at, host: 'h', exitCode: 0, command: 'kubectl delete pod x' }] }],
    [46, { type: 'graded', task: '2', result: graded(['pass', 3]), typed: [] }],
    [46, { type: 'graded', task: '3', result: { invalid: 'its cluster no longer exists' }, typed: [] }],
  );
  const report = examReport({ state: examState(events, at(50)), labs, all: many() });

  test('counts what could be judged', () => {
    const [one, two] = PLAN.tasks;
    expect(report.percent).toBe(Math.round(((one!.weight * 0.75 + two!.weight) / (one!.weight + two!.weight)) * 1000) / 10);
    expect([report.passed, report.tasks.map(({ status }) => status), report.usedMs / MINUTE]).toEqual([true, ['part', 'full', 'invalid'], 45]);
    expect(report.tasks[0]!.advice).toEqual(['A pod was deleted the slow way: up to 30 seconds each. `kubectl delete pod … --now` waits one second.']);
    expect(report.next[0]).toMatchObject({ lab: one!.lab });
  });

  test('as Markdown and as one HTML file that loads nothing', () => {
    const text = reportMarkdown(report);
    expect(text).toContain(`# Mock exam test: ${report.percent} %: passed (66 % needed)`);
    expect(text).toContain('- ✗ 0/1 criterion 1\n  - expected: that <b>\n  - seen: this\n  - Look.');
    expect(text).toContain('Could not be graded: its cluster no longer exists. It counts neither for nor against you.');
    expect(text).toContain('in 1 visit.');
    expect(text).toContain(' not counted; never opened.');
    expect(text).toMatch(/## Where the time went, \d+ minutes across\n\n```text\n 1 =+/);
    const page = reportHtml(report, [past(50), past(80)]);
    expect(page).toContain('a &lt;note&gt;');
    expect(page).not.toMatch(/<script|<link|https?:|src=|url\(|NaN|undefined/);
    expect(page.match(/<svg/g)).toHaveLength(3);
  });
});

const past = (percent: number): PastExam => ({ id: 'a', title: 'Mock exam', mode: 'exam', status: 'graded', startedAt: 0, remainingMs: 0, tasks: 3, labs: [], passPercent: 66, percent, passed: percent >= 66, domains: { Storage: percent } });

test.each([[[50], undefined], [[50, 70], 10], [[40, 50, 60, 90, 90, 90], 40]])('the trend of %j is %s', (percents, change) => {
  expect(trends(percents.map(past))).toEqual([{ domain: 'Storage', percents, ...(change === undefined ? {} : { change }) }]);
});

describe('what was typed', () => {
  const shop = lab('p/shop', { namespaces: ['shop', 'visitors'] });
  const advice = (...commands: readonly string[]) => adviceOn({ typed: commands.map((command) => ({ at: 0, host: 'h', exitCode: command.endsWith('!') ? 1 : 0, command: command.replace(/!$/, '') })), lab: shop, foreign: ['crossing'] });

  test.each<[string, readonly string[], readonly (string | RegExp)[]]>([
    ['nothing to say', ['k -n shop get pods', 'kubectl -n shop edit svc x'], []],
    ['the wrong namespace', ['k create cm x -n crossing'], [/^Something was changed in namespace crossing, which belongs to another task; this task is about shop, visitors\.$/]],
    ['a dry run changes nothing', ['k create cm x -n crossing --dry-run=client -o yaml'], []],
    ['looking elsewhere is fine', ['k get pods -n kube-system'], []],
    ['asking what may be done is no change', ['k auth can-i create pods -n crossing', 'k get pod run -n crossing', 'k rollout status deploy/x -n crossing'], []],
    ['a rollout may be one', ['k rollout undo deploy/x -n crossing'], [/^Something was changed in namespace crossing/]],
    ['slow deletion', ['k delete po a -n shop', 'kubectl -n shop delete pod b'], [/twice/]],
    ['quick deletion', ['k delete po a -n shop --now'], []],
    ['polling', Array.from({ length: 5 }, () => 'k get pods -n shop'), [/asked 5 times in a row/]],
    ['by hand', ['vim pod.yaml', 'k apply -f pod.yaml'], [/--dry-run=client/]],
    ['generated', ['k run x --image=y --dry-run=client -o yaml > pod.yaml', 'vim pod.yaml'], []],
    ['many failures', Array.from({ length: 5 }, (_, n) => `k -n shop get nothing${n}!`), [/^5 of 5 commands failed/]],
  ])('%s', (_name, commands, said) => {
    const found = advice(...commands);
    expect(found).toHaveLength(said.length);
    said.forEach((one, index) => expect(found[index]).toMatch(one));
  });

  test('kubectl on the base host', () => {
    expect(adviceOnBaseHost([{ at: 0, host: 'base', exitCode: 127, command: 'k get pods' }])).toEqual(['kubectl was typed once on the base host, which has none. Begin every task with its ssh.']);
  });

  test('a record with broken lines', async () => {
    const file = join(scratch(), 'record.tsv');
    writeFileSync(file, '1700000000\t0\tcka1\tk get\tpods\nrubbish\n1700000001\t1\tcka1\tfor i in 1\\ndo\\ndone\n');
    expect(await readTyped(file)).toEqual([{ at: 1_700_000_000_000, host: 'cka1', exitCode: 0, command: 'k get\tpods' }, { at: 1_700_000_001_000, host: 'cka1', exitCode: 1, command: 'for i in 1\ndo\ndone' }]);
    expect(await readTyped('/nowhere')).toEqual([]);
  });
});

describe('the list on disk', () => {
  const event = (minute: number, task: string): ExamEvent => ({ type: 'opened', task, clocks: at(minute) });

  test('two processes on one exam lose nothing', async () => {
    const folder = join(scratch(), 'x');
    const one = new ExamFile(folder);
    await one.begin(log()[0]!);
    const other = new ExamFile(folder);
    await Promise.all([one.append(event(1, '1')), other.append(event(2, '2')), one.append(event(3, '3'))]);
    const events = await new ExamFile(folder).refresh();
    expect(events.map((one_) => ('task' in one_ ? one_.task : one_.type)).toSorted()).toEqual(['1', '2', '3', 'started']);
  });

  test('a full disk loses nothing: the next event writes all', async () => {
    const folder = join(scratch(), 'x');
    const notices: string[] = [];
    const file = new ExamFile(folder, (text) => notices.push(text));
    await file.begin(log()[0]!);
    // Where the file is written before it is renamed: every byte there meets a full disk.
    symlinkSync('/dev/full', join(folder, '.exam.json.tmp'));
    await file.append(event(1, '1'));
    expect(notices).toEqual([expect.stringContaining('The disk is full: the exam could not be written')]);
    expect([file.events.length, file.isWhole]).toEqual([2, false]);
    const { rmSync } = await import('node:fs');
    rmSync(join(folder, '.exam.json.tmp'));
    await file.append(event(2, '2'));
    expect([(await new ExamFile(folder).refresh()).length, file.isWhole]).toEqual([3, true]);
  });

  test('an exam that cannot be remembered does not begin', async () => {
    const folder = join(scratch(), 'x');
    mkdirSync(folder);
    symlinkSync('/dev/full', join(folder, '.exam.json.tmp'));
    await expect(new ExamFile(folder).begin(log()[0]!)).rejects.toThrow('The disk is full');
  });

  test('a damaged file is kept aside; who remembers the exam writes it anew, who does not is told', async () => {
    const exams = scratch();
    const folder = join(exams, 'x');
    const notices: string[] = [];
    const file = new ExamFile(folder, (text) => notices.push(text));
    await file.begin(log()[0]!);
    writeFileSync(file.file, '{ "version": 1, "events": [');
    expect(await pastExams(exams, (text) => notices.push(text), at(1))).toEqual([]);
    expect(notices).toEqual([expect.stringContaining('is damaged; a copy of it is')]);
    await file.append(event(1, '1'));
    expect(readFileSync(`${file.file}.damaged`, 'utf8')).toBe('{ "version": 1, "events": [');
    expect(await pastExams(exams, undefined, at(1))).toMatchObject([{ id: 'test', status: 'running', remainingMs: 119 * MINUTE }]);
  });
});
