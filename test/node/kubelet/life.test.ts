/** The life of a pod on a node, from creation to its end. */
import { afterEach, expect, test } from 'vitest';
import { isReady, makeCluster, type Loose, type TestCluster } from './cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

const pod = (name: string, container: Loose, spec: Loose = {}): Loose => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'busybox:1.36', ...container }], ...spec } });
const acts = (...args: string[]) => ({ args: ['act', ...args] });
const state = (name: string, index = 0) => cluster.get('pods', name).status.containerStatuses[index];
const gone = (name: string) => cluster.registry.find('pods', name, 'default') === undefined;

async function begin(): Promise<void> {
  cluster = makeCluster();
  await cluster.pass(500);
}

test('a pod is scheduled, pulled, started and Ready within a second', async () => {
  await begin();
  cluster.apply(pod('web', { image: 'nginx:1.27' }));
  const start = cluster.clock.now();
  await cluster.until('web Ready', () => isReady(cluster.get('pods', 'web')));
  expect(cluster.clock.now() - start).toBeLessThan(1000);
  expect(cluster.events('web').map((line) => line.replace(/in \d+ms \(\d+ms/, 'in Nms (Nms'))).toEqual([
    'Normal Scheduled Successfully assigned default/web to worker',
    'Normal Pulling Pulling image "nginx:1.27"',
    'Normal Pulled Successfully pulled image "nginx:1.27" in Nms (Nms including waiting). Image size: 72099410 bytes.',
    'Normal Created Container created',
    'Normal Started Container started',
  ]);
});

test('the status of a running pod is that of a real one, field by field', async () => {
  await begin();
  cluster.apply(pod('two', { name: 'a', ...acts('sleep 3600') }));
  await cluster.until('two Ready', () => isReady(cluster.get('pods', 'two')));
  const { status, metadata } = cluster.get('pods', 'two');
  const condition = (type: string) => ({ type, observedGeneration: metadata.generation, status: 'True', lastProbeTime: null, lastTransitionTime: expect.any(String) });
  expect(status).toEqual({
    observedGeneration: metadata.generation,
    phase: 'Running',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
    hostIP: '172.18.0.2',
    hostIPs: [{ ip: '172.18.0.2' }],
    podIP: '10.244.0.2',
    podIPs: [{ ip: '10.244.0.2' }],
    startTime: expect.any(String),
    containerStatuses: [
      {
        name: 'a', state: { running: { startedAt: expect.any(String) } }, lastState: {}, ready: true, restartCount: 0, image: 'docker.io/library/busybox:1.36',
        imageID: expect.stringMatching(/^docker.io\/library\/busybox@sha256:[0-9a-f]{64}$/), containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/), started: true, resources: {},
        volumeMounts: [{ name: expect.stringMatching(/^kube-api-access-/), mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true, recursiveReadOnly: 'Disabled' }],
      },
    ],
    qosClass: 'BestEffort',
  });
});

test('a container that crashes is restarted at once, then after 10 s, then after 20 s', async () => {
  await begin();
  cluster.apply(pod('bad', acts('say bye', 'exit 3')));
  const begins: number[] = [];
  let last = -1;
  await cluster.until('three restarts', () => {
    const status = cluster.get('pods', 'bad').status?.containerStatuses?.[0];
    if (status?.restartCount !== last && (status?.state.running || status?.state.terminated || status?.restartCount > 0)) {
      last = status.restartCount;
      begins.push(Math.round(cluster.clock.now() / 1000));
    }
    return last === 3;
  });
  const [first = 0] = begins;
  expect(begins.map((at) => at - first)).toEqual([0, 1, 11, 31]);
  await cluster.until('back-off', () => state('bad').state.waiting !== undefined);
  expect(state('bad').state.waiting).toEqual({ reason: 'CrashLoopBackOff', message: expect.stringMatching(/^back-off 40s restarting failed container=c pod=bad_default\([-0-9a-f]{36}\)$/) });
  expect(state('bad').lastState.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
  expect(cluster.get('pods', 'bad').status.phase).toBe('Running');
});

test.each([
  ['Never', 'exit 0', 'Succeeded', 'Completed'],
  ['Never', 'exit 7', 'Failed', 'Error'],
  ['OnFailure', 'exit 0', 'Succeeded', 'Completed'],
])('restartPolicy %s and %s end as %s', async (restartPolicy, line, phase, reason) => {
  await begin();
  cluster.apply(pod('once', acts(line), { restartPolicy }));
  await cluster.until(phase, () => cluster.get('pods', 'once').status?.phase === phase);
  expect(state('once').state.terminated.reason).toBe(reason);
  await cluster.pass(1000);
  expect(cluster.get('pods', 'once').status.conditions.find((one: Loose) => one.type === 'Ready')).toMatchObject({ status: 'False', reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' });
});

test.each([
  ['nginx:doesnotexist', 'ErrImagePull', /^rpc error: code = NotFound desc = failed to pull and unpack image "docker.io\/library\/nginx:doesnotexist"/],
  ['ngnix', 'ErrImagePull', /pull access denied, repository does not exist or may require authorization/],
  ['Nginx:1.27', 'InvalidImageName', /^Failed to apply default image tag "Nginx:1.27": couldn't parse image name "Nginx:1.27": invalid reference format/],
])('image %s waits with %s', async (image, reason, message) => {
  await begin();
  cluster.apply(pod('bad', { image }));
  await cluster.until(reason, () => cluster.get('pods', 'bad').status?.containerStatuses?.[0].state.waiting?.reason === reason);
  expect(state('bad').state.waiting.message).toMatch(message);
  expect(cluster.get('pods', 'bad').status.phase).toBe('Pending');
  if (reason !== 'ErrImagePull') return;
  await cluster.pass(3000);
  expect(state('bad').state.waiting.reason).toBe('ImagePullBackOff');
  expect(state('bad').state.waiting.message).toMatch(new RegExp(`^Back-off pulling image "${image}": ErrImagePull: rpc error`));
});

test('init containers run one after another, a sidecar stays, then the main ones start', async () => {
  await begin();
  cluster.apply(
    pod('order', acts('need /shared/one', 'need /shared/two', 'sleep 3600'), {
      volumes: [{ name: 'v', emptyDir: {} }],
      initContainers: [
        { name: 'one', image: 'busybox:1.36', ...acts('touch /shared/one'), volumeMounts: [{ name: 'v', mountPath: '/shared' }] },
        { name: 'side', image: 'busybox:1.36', restartPolicy: 'Always', ...acts('need /shared/one', 'sleep 3600') },
        { name: 'two', image: 'busybox:1.36', ...acts('need /shared/one', 'touch /shared/two'), volumeMounts: [{ name: 'v', mountPath: '/shared' }] },
      ].map((one, index) => (index === 1 ? { ...one, volumeMounts: [{ name: 'v', mountPath: '/shared' }] } : one)),
      containers: [{ name: 'c', image: 'busybox:1.36', ...acts('need /shared/one', 'need /shared/two', 'sleep 3600'), volumeMounts: [{ name: 'v', mountPath: '/shared' }] }],
    }),
  );
  await cluster.until('order Ready', () => isReady(cluster.get('pods', 'order')));
  const { initContainerStatuses } = cluster.get('pods', 'order').status;
  expect(initContainerStatuses.map((one: Loose) => [one.name, one.state.terminated?.reason ?? Object.keys(one.state)[0], one.ready])).toEqual([
    ['one', 'Completed', true],
    ['side', 'running', true],
    ['two', 'Completed', true],
  ]);
});

test('what is not there keeps a container from being made, in the words of the kubelet', async () => {
  await begin();
  cluster.apply(pod('lost', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'nope', key: 'a' } } }] }));
  cluster.apply(pod('mountless', {}, { volumes: [{ name: 'cfg', configMap: { name: 'nope' } }] }));
  cluster.apply(pod('command', { command: ['/nope'] }));
  cluster.apply(pod('name', { command: ['nope'] }));
  await cluster.pass(1500);
  expect(state('lost').state.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "nope" not found' });
  expect(state('mountless').state.waiting).toEqual({ reason: 'ContainerCreating' });
  expect(cluster.events('mountless')).toContainEqual(expect.stringMatching(/^Warning FailedMount.* MountVolume.SetUp failed for volume "cfg" : configmap "nope" not found$/));
  expect(state('command').lastState.terminated ?? state('command').state.terminated ?? state('command').state.waiting.message).toBeDefined();
  expect(cluster.events('command').join()).toContain('exec: "/nope": stat /nope: no such file or directory: unknown');
  expect(cluster.events('name').join()).toContain('exec: "nope": executable file not found in $PATH: unknown');
  cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'nope' }, data: { a: '1' } });
  await cluster.until('lost Ready', () => cluster.get('pods', 'mountless').status.containerStatuses[0].restartCount > 0 || state('lost').state.waiting?.reason !== 'CreateContainerConfigError');
});

test('deletion: TERM, the grace period, KILL, and then the object goes', async () => {
  await begin();
  cluster.apply(pod('polite', acts('on-term 0', 'sleep 3600')));
  cluster.apply(pod('deaf', acts('sleep 3600'), { terminationGracePeriodSeconds: 5 }));
  await cluster.until('both Ready', () => ['polite', 'deaf'].every((name) => isReady(cluster.get('pods', name))));
  const start = cluster.clock.now();
  cluster.registry.delete('pods', 'polite', 'default');
  cluster.registry.delete('pods', 'deaf', 'default');
  await cluster.until('polite gone', () => gone('polite'));
  expect(Math.round((cluster.clock.now() - start) / 100)).toBe(10);
  expect(gone('deaf')).toBe(false);
  await cluster.until('deaf gone', () => gone('deaf'));
  expect(Math.round((cluster.clock.now() - start) / 1000)).toBe(6);
  expect(cluster.events('deaf').at(-1)).toBe('Normal Killing Stopping container c');
});

test('volumes, environment and the files of the network are what the pod asked for', async () => {
  await begin();
  cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg' }, data: { color: 'blue', 'app.conf': 'x = ü\n' } });
  cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sec' }, data: { password: btoa('s3cret') } });
  const read = ['env COLOR', 'env PASSWORD', 'env ME', 'env GREETING', 'env HOSTNAME', 'env CPU', 'cat /cfg/conf', 'cat /sec/password', 'cat /etc/resolv.conf', 'cat /etc/hostname', 'cat /etc/hosts', 'cat /var/run/secrets/kubernetes.io/serviceaccount/namespace'];
  cluster.apply(
    pod(
      'reader',
      {
        ...acts(...read, 'sleep 3600'),
        env: [
          { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'cfg', key: 'color' } } },
          { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'GREETING', value: 'hello $(ME) $(NOBODY) $$(ME)' },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
        ],
        envFrom: [{ prefix: '', secretRef: { name: 'sec' } }],
        resources: { limits: { cpu: '250m' } },
        volumeMounts: [{ name: 'cfg', mountPath: '/cfg' }, { name: 'sec', mountPath: '/sec', readOnly: true }],
      },
      { volumes: [{ name: 'cfg', configMap: { name: 'cfg', items: [{ key: 'app.conf', path: 'conf' }] } }, { name: 'sec', secret: { secretName: 'sec' } }], hostAliases: [{ ip: '10.0.0.1', hostnames: ['db', 'db.example'] }] },
    ),
  );
  await cluster.until('reader Ready', () => isReady(cluster.get('pods', 'reader')));
  let text = '';
  await cluster.kubelets.get('worker')!.containers.log({ namespace: 'default', pod: 'reader' }, { follow: false }, (bytes) => void (text += bytes), new AbortController().signal);
  expect(text.split('\n')).toEqual([
    'COLOR=blue', 'PASSWORD=(unset)', 'ME=reader', 'GREETING=hello reader $(NOBODY) $(ME)', 'HOSTNAME=reader', 'CPU=250', 'x = Ã¼',
    's3cretsearch default.svc.cluster.local svc.cluster.local cluster.local', 'nameserver 10.96.0.10', 'options ndots:5', 'reader',
    '# Kubernetes-managed hosts file.', '127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', 'fe00::0\tip6-localnet', 'fe00::0\tip6-mcastprefix', 'fe00::1\tip6-allnodes', 'fe00::2\tip6-allrouters',
    '10.244.0.2\treader', '', '# Entries added by HostAliases.', '10.0.0.1\tdb\tdb.example', 'default',
  ].map((line) => line));
});

test('a mounted ConfigMap follows its object; a subPath of it stays as it was', async () => {
  await begin();
  cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg' }, data: { color: 'blue' } });
  const mounts = { volumeMounts: [{ name: 'cfg', mountPath: '/whole' }, { name: 'cfg', mountPath: '/one', subPath: 'color' }] };
  cluster.apply(pod('p', { ...acts('sleep 3600'), ...mounts }, { volumes: [{ name: 'cfg', configMap: { name: 'cfg' } }] }));
  await cluster.until('Ready', () => isReady(cluster.get('pods', 'p')));
  const read = async (path: string) => {
    let text = '';
    await cluster.kubelets.get('worker')!.containers.exec({ namespace: 'default', pod: 'p' }, ['act', `cat ${path}`], { tty: false, stdout: { write: async (bytes) => void (text += bytes) }, stderr: { write: async () => undefined }, signal: new AbortController().signal });
    return text;
  };
  expect([await read('/whole/color'), await read('/one')]).toEqual(['blue', 'blue']);
  cluster.registry.patch('configmaps', 'cfg', 'default', { type: 'merge', body: { data: { color: 'red' } } });
  await cluster.pass(11_000);
  expect([await read('/whole/color'), await read('/one')]).toEqual(['red', 'blue']);
});

test('what a container leaves in its termination log, or failing that in its log, is its message', async () => {
  await begin();
  cluster.apply(pod('file', acts('append /dev/termination-log out of paper', 'exit 1'), { restartPolicy: 'Never' }));
  cluster.apply(pod('logs', { ...acts('say no toner', 'exit 1'), terminationMessagePolicy: 'FallbackToLogsOnError' }, { restartPolicy: 'Never' }));
  await cluster.until('both Failed', () => ['file', 'logs'].every((name) => cluster.get('pods', name).status?.phase === 'Failed'));
  expect([state('file').state.terminated.message, state('logs').state.terminated.message]).toEqual(['out of paper\n', 'no toner\n']);
});

test('a pod that takes the name of one deleted by force waits until that one has ended: its cable has the same name', async () => {
  await begin();
  const stubborn = pod('web', { ...acts('sleep 3600'), lifecycle: { preStop: { sleep: { seconds: 60 } } } });
  cluster.apply(stubborn);
  await cluster.until('the first is Ready', () => isReady(cluster.get('pods', 'web')));
  cluster.registry.delete('pods', 'web', 'default', { gracePeriodSeconds: 0 });
  cluster.registry.create('pods', { ...stubborn, spec: { ...stubborn.spec, nodeName: 'worker' } }, { namespace: 'default' });
  const again = cluster.clock.now();
  await cluster.until('the second is Ready', () => isReady(cluster.get('pods', 'web')));
  // SIGKILL comes after a second, even where no grace was given.
  expect(cluster.clock.now() - again).toBeGreaterThanOrEqual(1000);
});
