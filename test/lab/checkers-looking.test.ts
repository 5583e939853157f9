/** The checkers that look at running things: what each says when it is right, when it is wrong, and when it cannot tell. */
import { expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import type { ClusterView, Finding, KubernetesObject } from '../../src/lab/checker.ts';

const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const pod = (name: string, nodeName: string, rest: object = {}): KubernetesObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { app: name.split('-')[0]! } }, spec: { nodeName, containers: [{ name: 'c', command: ['sleep'], args: ['1'] }] }, status: { ...READY, podIP: `10.0.0.${name.length}` }, ...rest });
const event = (name: string, reason: string, message: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Event', metadata: { name: `${name}.1`, namespace: 'shop' }, involvedObject: { kind: 'Pod', name }, reason, message } as KubernetesObject);

const OBJECTS: Readonly<Record<string, readonly KubernetesObject[]>> = {
  nodes: ['x-control-plane', 'x-worker', 'x-worker2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status: READY })),
  pods: [pod('web-1', 'x-worker'), pod('web-2', 'x-worker2'), pod('db', 'x-worker'), pod('quiet', 'x-worker'), pod('closed', 'x-worker'), pod('late', '', { status: { phase: 'Pending' } }), pod('rolling-1', '', { status: { phase: 'Pending' } }), pod('rolling-2', 'x-worker')],
  events: [event('web-1', 'FailedMount', 'configmap "a" not found')],
};

/** The words of a command, and what comes of them. */
const ANSWERS: readonly (readonly [RegExp, string, number, string?])[] = [
  [/^curl -s -m 3 http:\/\/127.0.0.1:10249\/proxyMode$/, 'ipvs', 0],
  [/^ip route get 10.0.0.5$/, '10.0.0.5 via 172.18.0.4 dev vxlan.calico src 10.0.1.1\n    cache\n', 0],
  [/^ip route get 10.0.0.6$/, '', 2, 'RTNETLINK answers: Network is unreachable\n'],
  [/^cat \/etc\/motd$/, 'good morning\n', 0],
  [/^cat \/nothing$/, '', 1, "cat: /nothing: No such file or directory\n"],
  [/^systemctl is-active kubelet$/, 'active\n', 0],
  [/^systemctl is-enabled kubelet$/, 'disabled\n', 1],
  [/^systemctl is-active nginx$/, 'inactive\n', 3],
  // web-1 (10.0.0.5) answers everybody, db (10.0.0.2) only its own node, closed (10.0.0.6) nobody.
  [/^node curl .*http:\/\/10\.0\.0\.(5|2):80\/$/, '', 0],
  [/^node curl .*10\.0\.0\.6/, '', 7, 'curl: (7) Failed to connect to 10.0.0.6 port 80: Connection refused'],
  [/^curl .*10\.0\.0\.5:80/, '', 0],
  [/^curl .*10\.0\.0\.2:80/, '', 28, 'curl: (28) Connection timed out after 3001 milliseconds'],
];

const view: ClusterView = {
  signal: new AbortController().signal,
  get: async (resource, name) => OBJECTS[resource]?.find(({ metadata }) => metadata.name === name),
  list: async (resource, _namespace, selector) => (OBJECTS[resource] ?? []).filter(({ metadata }) => selector === undefined || selector.split('=')[1] === metadata.labels?.['app']),
  async exec(where, command) {
    const line = command.join(' ');
    const found = ANSWERS.find(([words]) => ('node' in where && words.test(`node ${line}`)) || words.test(line));
    return found ? { stdout: found[1], exitCode: found[2], stderr: found[3] ?? '' } : { stdout: '', stderr: '', exitCode: 127 };
  },
  async logs(name) {
    if (name === 'late' || name === 'rolling-1') return undefined;
    if (name === 'lost') throw new Error('connect ECONNREFUSED');
    return name === 'web-1' || name === 'rolling-2' ? 'started\nswordfish\n' : '';
  },
  mayDo: async ({ user }, { verb, namespace }) => user.endsWith(':clerk') && verb !== 'delete' && namespace !== 'street',
  scripts: async (path) => ({ 'checks/right.sh': { exitCode: 0, stdout: 'three of three\nmore\n', stderr: '' }, 'checks/wrong.sh': { exitCode: 1, stdout: 'two of three\n', stderr: 'Count again.\n' } })[path] ?? { exitCode: 7, stdout: '', stderr: 'no such thing' },
};

const shop = { namespace: 'shop' };
const rows: readonly (readonly [string, object, string])[] = [
  ['argv', { resource: 'pods', name: 'db', ...shop, argv: ['sleep', '1'] }, 'pass: `sleep 1`'],
  ['argv', { resource: 'pods', name: 'db', ...shop, argv: ['sleep 1'] }, 'fail: `sleep 1` (expected pod "db" starts `sleep 1`)'],
  ['argv', { resource: 'pods', name: 'db', ...shop, container: 'z', argv: ['sleep'] }, 'fail: there is no container z (expected pod "db" starts `sleep` in container z)'],
  ['can-i', { serviceAccount: 'shop/clerk', verbs: ['get', 'list'], resource: 'pods', ...shop }, 'pass: system:serviceaccount:shop:clerk may get, list pods'],
  ['can-i', { serviceAccount: 'shop/clerk', verbs: ['get', 'delete'], resource: 'pods' }, 'fail: system:serviceaccount:shop:clerk may not delete pods (expected system:serviceaccount:shop:clerk may get, delete pods)'],
  ['can-i', { serviceAccount: 'shop/clerk', verbs: ['get'], resource: 'pods', namespace: 'street', nudge: 'Whose namespace?' }, 'fail: system:serviceaccount:shop:clerk may not get pods (expected system:serviceaccount:shop:clerk may get pods in namespace "street") Whose namespace?'],
  ['can-i', { user: 'eva', verbs: ['get'], resource: 'pods', allowed: false }, 'pass: eva may not get pods'],
  ['events', { ...shop, reason: 'FailedMount', name: 'web', contains: 'not found' }, 'pass: FailedMount: configmap "a" not found'],
  ['events', { ...shop, reason: 'Killing', name: 'web' }, 'fail: the events FailedMount (expected an event Killing about web)'],
  ['file', { on: { node: '-worker' }, path: '/etc/motd', matches: '^good' }, 'pass: it says "good morning"'],
  ['file', { on: { node: '-worker' }, path: '/etc/motd', equals: 'good evening' }, 'fail: it says "good morning" (expected /etc/motd to say "good evening")'],
  ['file', { on: { node: '-worker' }, path: '/nothing', absent: true }, 'pass: /nothing does not exist'],
  ['file', { on: { node: '-worker7' }, path: '/nothing' }, 'fail: there is no node "-worker7" (expected /nothing on node -worker7)'],
  ['logs', { ...shop, selector: 'app=web', contains: 'swordfish' }, 'pass: web-1 printed it'],
  ['logs', { ...shop, pod: 'db', matches: '^x' }, 'fail: nothing was printed (expected "^x" in the logs of db)'],
  ['logs', { ...shop, selector: 'app=late', contains: 'x' }, 'fail: pod "late" in namespace "shop" does not exist, or has no logs yet (expected "x" in the logs of a pod labelled app=late)'],
  ['logs', { ...shop, selector: 'app=rolling', contains: 'swordfish' }, 'pass: rolling-2 printed it'],
  ['logs', { ...shop, pod: 'late', contains: 'x' }, 'fail: pod "late" in namespace "shop" does not exist, or has no logs yet (expected "x" in the logs of late)'],
  ['placed', { ...shop, selector: 'app=web', nodes: 2, count: 2 }, 'pass: web-1 on x-worker, web-2 on x-worker2'],
  ['placed', { ...shop, selector: 'app=web', on: ['-worker'] }, 'fail: web-1 on x-worker, web-2 on x-worker2 (expected at least 1 ready pod labelled app=web, on -worker)'],
  ['placed', { ...shop, selector: 'app=late', notOn: ['-worker'] }, 'fail: 1 pods, none Ready (expected at least 1 ready pod labelled app=late, not on -worker)'],
  ['proxy-mode', { mode: 'ipvs' }, 'pass: x-control-plane: ipvs, x-worker: ipvs, x-worker2: ipvs'],
  ['proxy-mode', { mode: 'iptables' }, 'fail: x-control-plane: ipvs, x-worker: ipvs, x-worker2: ipvs (expected kube-proxy works in iptables mode on every node)'],
  ['reach', { from: { pod: 'quiet', ...shop }, to: { selector: 'app=gone', ...shop } }, 'fail: a pod labelled app=gone in namespace "shop" does not exist (expected pod quiet reaches app=gone on port 80)'],
  ['reach', { from: { pod: 'quiet', ...shop }, to: { pod: 'web-1', ...shop } }, 'pass: pod quiet reaches 10.0.0.5:80'],
  ['reach', { from: { pod: 'quiet', ...shop }, to: { pod: 'db', ...shop }, allowed: false }, 'pass: pod quiet gets no answer from 10.0.0.2:80'],
  ['reach', { from: { pod: 'quiet', ...shop }, to: { pod: 'web-1', ...shop }, allowed: false }, 'fail: pod quiet reaches web-1 (10.0.0.5:80) (expected pod quiet does not reach web-1 on port 80)'],
  ['reach', { from: { pod: 'quiet', ...shop }, to: { pod: 'closed', ...shop }, allowed: false }, 'fail: nobody listens on 10.0.0.6:80, whoever asks: curl: (7) Failed to connect to 10.0.0.6 port 80: Connection refused (expected pod quiet does not reach closed on port 80)'],
  ['route', { node: '-worker', to: '10.0.0.5', via: '172.18.0.4', device: 'vxlan.calico' }, 'pass: 10.0.0.5 via 172.18.0.4 dev vxlan.calico src 10.0.1.1'],
  ['route', { node: '-worker', to: '10.0.0.6' }, 'fail: RTNETLINK answers: Network is unreachable (expected node -worker has a way to 10.0.0.6)'],
  ['script', { run: 'checks/right.sh', expected: 'three' }, 'pass: three of three'],
  ['script', { run: 'checks/wrong.sh', expected: 'three' }, 'fail: two of three (expected three) Count again.'],
  ['script', { run: 'checks/other.sh', expected: 'three' }, 'unknown: checks/other.sh ended with 7: no such thing'],
  ['unit', { node: '-worker', unit: 'kubelet' }, 'pass: kubelet is active'],
  ['unit', { node: '-worker', unit: 'kubelet', enabled: true }, 'fail: kubelet is active and disabled (expected kubelet is active and enabled on node -worker)'],
  ['unit', { node: '-worker', unit: 'nginx' }, 'fail: nginx is inactive (expected nginx is active on node -worker)'],
];

test.each(rows)('%s %j', async (use, params, said) => {
  const checker = checkers.find(({ name }) => name === use)!;
  expect(inWords(await checker.run(checker.parse(params), view))).toBe(said);
});

test('a mode that only some nodes work in is not the mode of the cluster', async () => {
  const mixed = { ...view, exec: async (where: Parameters<ClusterView['exec']>[0]) => ({ stdout: 'node' in where && where.node === 'x-worker2' ? 'iptables' : 'ipvs', stderr: '', exitCode: 0 }) };
  const mode = checkers.find(({ name }) => name === 'proxy-mode')!;
  expect(inWords(await mode.run(mode.parse({ mode: 'ipvs', nudge: 'Restart it.' }), mixed))).toBe('fail: x-control-plane: ipvs, x-worker: ipvs, x-worker2: iptables (expected kube-proxy works in ipvs mode on every node) Restart it.');
});

test('a script of a pack cannot be judged where scripts do not run', async () => {
  const script = checkers.find(({ name }) => name === 'script')!;
  const { scripts: _none, ...bare } = view;
  expect(inWords(await script.run(script.parse({ run: 'checks/a.sh', expected: 'x' }), bare))).toBe('unknown: scripts of packs do not run here');
});

test('logs that cannot be asked for say nothing of the learner: the check ends with an error, which is graded as unknown', async () => {
  const logs = checkers.find(({ name }) => name === 'logs')!;
  await expect(logs.run(logs.parse({ ...shop, pod: 'lost', contains: 'x' }), view)).rejects.toThrow('ECONNREFUSED');
});

test('every checker that looks at running things is asked once where it holds and once where it does not', () => {
  const asked = (name: string, status: string) => rows.some(([use, , said]) => use === name && said.startsWith(status));
  const names = [...new Set(rows.map(([use]) => use))];
  expect(names.filter((name) => !asked(name, 'pass') || !asked(name, 'fail'))).toEqual([]);
  // The others are in checkers.test.ts.
  expect(checkers.map(({ name }) => name).filter((name) => !names.includes(name)).toSorted()).toEqual(['absent', 'all-of', 'any-of', 'command', 'dns', 'endpoints', 'exists', 'field', 'http', 'not', 'ready']);
});

test('a pattern that is none is told before anybody is graded', () => {
  const file = checkers.find(({ name }) => name === 'file')!;
  expect(() => file.parse({ on: { node: 'a' }, path: '/etc/motd', matches: '(' })).toThrow('Invalid regular expression');
});

test.each([
  ['can-i', { verbs: ['get'], resource: 'pods' }, 'give either `with.user` or `with.serviceAccount` (namespace/name)'],
  ['file', { on: { node: 'a' }, path: 'etc/motd' }, '`with.path` must begin with /'],
  ['logs', { namespace: 'a', pod: 'b' }, 'give either `with.contains` or `with.matches`'],
  ['placed', { namespace: 'a', selector: 'b=c' }, 'say where: at least one of `with.on`, `with.notOn` and `with.nodes`'],
  ['reach', { from: { node: 'a' }, to: { namespace: 'b' } }, '`with.to` needs either pod or selector'],
  ['script', { run: 'checks/../../evil.sh', expected: 'x' }, '`with.run` must lie in the checks folder of the lab, as checks/name.sh'],
  ['script', { run: 'setup/evil.yaml', expected: 'x' }, '`with.run` must lie in the checks folder of the lab, as checks/name.sh'],
])('%s refuses %j', (use, params, message) => {
  expect(() => checkers.find(({ name }) => name === use)!.parse(params)).toThrow(new Error(message));
});

function inWords(finding: Finding): string {
  if (finding.status === 'unknown') return `unknown: ${finding.because}`;
  if (finding.status === 'pass') return `pass: ${finding.saw}`;
  return `fail: ${finding.saw} (expected ${finding.expected})${finding.nudge === undefined ? '' : ` ${finding.nudge}`}`;
}
