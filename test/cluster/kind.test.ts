/** kind's driver against fakes of kind, engines and kubectl: what it calls, what it survives, and what it never touches. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { UserError } from '../../src/base/user-error.ts';
import type { ClusterSpec } from '../../src/cluster/cluster.ts';
import { stateWord } from '../../src/cluster/state-word.ts';
import { steps } from '../../src/cluster/steps/index.ts';
import { type FakeOptions, FakeWorld } from './fakes/world.ts';

const SPEC: ClusterSpec = { name: 'lab', workers: 2, cni: 'calico', proxyMode: 'iptables' };
const NODES = ['lab-control-plane', 'lab-worker', 'lab-worker2'];
/** One worker less is a third of the calls less. */
const SMALL: ClusterSpec = { ...SPEC, workers: 1 };
const TWO_NODES = NODES.slice(0, 2);
const worlds: FakeWorld[] = [];

function world(options?: FakeOptions): FakeWorld {
  const made = new FakeWorld(options);
  worlds.push(made);
  return made;
}

afterEach(() => {
  for (const made of worlds.splice(0)) {
    // Whatever happened: the user's own kubeconfig is what it was, and nobody was told of it.
    expect(readFileSync(made.userKubeconfig, 'utf8')).toBe('apiVersion: v1\nkind: Config\n# mine\n');
    expect(made.calls().filter((call) => call.includes('.kube/config'))).toEqual([]);
    expect(made.calls().filter((call) => /^kind (create|delete)/.test(call) && !call.includes('--kubeconfig <home>/our data/kind/lab/kubeconfig'))).toEqual([]);
    expect(made.calls().filter((call) => call.includes('--wait') && call.startsWith('kind '))).toEqual([]);
    made.remove();
  }
});

/** Calls without the looking around of the preflight, and without `save`, which runs beside the one that reads it. */
const golden = (calls: readonly string[]) => calls.filter((call) => !/ (info|version|save) /.test(call) && !/^kind version|network inspect|ps -a --filter label=io.x-k8s.kind.cluster --format/.test(call)).map((call) => call.replaceAll('<home>/our data/kind/lab', '<lab>').replace(/~.*$/, '~…').replace(/(DEBIAN_FRONTEND).*/, '$1…'));

test('builds with Calico: every call, in order', async () => {
  const fake = world();
  const cluster = await fake.backend().up(SPEC);
  expect(golden(fake.calls())).toMatchInlineSnapshot(`
    [
      "docker ps -a --no-trunc --filter label=io.x-k8s.kind.cluster=lab --format {{.ID}}	{{.Names}}	{{.Status}}",
      "docker image inspect --format {{.Id}} kindest/node:v1.35.0@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f",
      "docker image inspect --format {{.Id}} kindest/node:v1.35.0",
      "docker pull kindest/node:v1.35.0@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f",
      "docker ps -a --no-trunc --filter label=io.x-k8s.kind.cluster=lab --format {{.ID}}	{{.Names}}	{{.Status}}",
      "docker image inspect --format {{.Id}} kindest/node:v1.35.0@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f",
      "kind create cluster --name lab --config <lab>/kind.yaml --kubeconfig <lab>/kubeconfig",
      "docker ps -a --no-trunc --filter label=io.x-k8s.kind.cluster=lab --format {{.ID}}	{{.Names}}	{{.Status}}",
      "docker exec --privileged -i lab-control-plane sh -s",
      "docker exec --privileged -i lab-worker sh -s",
      "docker exec --privileged -i lab-worker2 sh -s",
      "docker exec --privileged lab-control-plane modprobe br_netfilter",
      "docker exec --privileged lab-control-plane modprobe ip_vs",
      "docker exec --privileged lab-control-plane modprobe ip_vs_rr",
      "docker exec --privileged lab-control-plane modprobe ip_vs_wrr",
      "docker exec --privileged lab-control-plane modprobe ip_vs_sh",
      "docker exec --privileged lab-control-plane modprobe nf_conntrack",
      "docker exec --privileged lab-control-plane crictl inspecti -q registry.example/calico:1",
      "docker exec --privileged lab-worker crictl inspecti -q registry.example/calico:1",
      "docker exec --privileged lab-worker2 crictl inspecti -q registry.example/calico:1",
      "docker image inspect --format {{.Id}} registry.example/calico:1",
      "docker pull registry.example/calico:1",
      "docker exec --privileged -i lab-control-plane ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged -i lab-worker ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged -i lab-worker2 ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged lab-control-plane crictl inspecti -q docker.io/library/busybox:1.28",
      "docker exec --privileged lab-worker crictl inspecti -q docker.io/library/busybox:1.28",
      "docker exec --privileged lab-worker2 crictl inspecti -q docker.io/library/busybox:1.28",
      "docker image inspect --format {{.Id}} busybox:1.28",
      "docker pull busybox:1.28",
      "docker exec --privileged -i lab-control-plane ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged -i lab-worker ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged -i lab-worker2 ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged lab-control-plane crictl inspecti -q docker.io/library/nginx:1.25",
      "docker exec --privileged lab-worker crictl inspecti -q docker.io/library/nginx:1.25",
      "docker exec --privileged lab-worker2 crictl inspecti -q docker.io/library/nginx:1.25",
      "docker image inspect --format {{.Id}} nginx:1.25",
      "docker pull nginx:1.25",
      "docker exec --privileged -i lab-control-plane ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged -i lab-worker ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "docker exec --privileged -i lab-worker2 ctr --namespace=k8s.io images import --digests --snapshotter=overlayfs -",
      "kubectl --kubeconfig=<lab>/kubeconfig apply --server-side --force-conflicts -f -",
      "kubectl --kubeconfig=<lab>/kubeconfig -n kube-system rollout status ds/calico-node --timeout=300s",
      "kubectl --kubeconfig=<lab>/kubeconfig -n kube-system rollout status deploy/calico-kube-controllers --timeout=180s",
      "kubectl --kubeconfig=<lab>/kubeconfig wait --for=condition=Ready nodes --all --timeout=300s",
      "kubectl --kubeconfig=<lab>/kubeconfig -n kube-system rollout status ds/kube-proxy --timeout=120s",
      "kubectl --kubeconfig=<lab>/kubeconfig -n kube-system rollout status deploy/coredns --timeout=180s",
      "kubectl --kubeconfig=<lab>/kubeconfig delete namespace cka-probe --ignore-not-found --wait=true --timeout=60s",
      "kubectl --kubeconfig=<lab>/kubeconfig apply -f -",
      "kubectl --kubeconfig=<lab>/kubeconfig -n cka-probe wait --for=condition=Ready pod --all --timeout=120s",
      "kubectl --kubeconfig=<lab>/kubeconfig -n cka-probe get pod server -o jsonpath={.status.podIP}",
      "kubectl --kubeconfig=<lab>/kubeconfig -n cka-probe exec client -- wget -qO- -T 5 http://10.244.1.2/",
      "kubectl --kubeconfig=<lab>/kubeconfig -n cka-probe exec client -- wget -qO- -T 5 http://server/",
      "kubectl --kubeconfig=<lab>/kubeconfig -n cka-probe exec client -- nslookup kubernetes.default.svc.cluster.local",
      "kubectl --kubeconfig=<lab>/kubeconfig delete namespace cka-probe --ignore-not-found --wait=true --timeout=60s",
      "kubectl --kubeconfig=<lab>/kubeconfig api-resources --verbs=list,delete,get -o name",
      "kubectl --kubeconfig=<lab>/kubeconfig get configmaps --all-namespaces --ignore-not-found -o json",
      "docker exec --privileged lab-control-plane sh -c mkdir -p /var/lib/cka-trainer && cd / && tar --exclude=calico-kubeconfig -cf var/lib/cka-trainer/start.tar $(ls -d etc/kubernetes var/lib/kubelet/config.yaml var/lib/kubelet/kubeadm-flags.env etc/cni/net.d etc/containerd/config.toml etc/crictl.yaml 2>/dev/null) && if [ -f kind/old-ipv4 ]; then cat kind/old-ipv4 >var/lib/cka-trainer/start.address; fi",
      "docker exec --privileged lab-worker sh -c mkdir -p /var/lib/cka-trainer && cd / && tar --exclude=calico-kubeconfig -cf var/lib/cka-trainer/start.tar $(ls -d etc/kubernetes var/lib/kubelet/config.yaml var/lib/kubelet/kubeadm-flags.env etc/cni/net.d etc/containerd/config.toml etc/crictl.yaml 2>/dev/null) && if [ -f kind/old-ipv4 ]; then cat kind/old-ipv4 >var/lib/cka-trainer/start.address; fi",
      "docker exec --privileged lab-worker2 sh -c mkdir -p /var/lib/cka-trainer && cd / && tar --exclude=calico-kubeconfig -cf var/lib/cka-trainer/start.tar $(ls -d etc/kubernetes var/lib/kubelet/config.yaml var/lib/kubelet/kubeadm-flags.env etc/cni/net.d etc/containerd/config.toml etc/crictl.yaml 2>/dev/null) && if [ -f kind/old-ipv4 ]; then cat kind/old-ipv4 >var/lib/cka-trainer/start.address; fi",
    ]
  `);
  expect(fake.steps).toEqual(steps.map(({ id }) => `${id} done`));
  expect(cluster.info).toEqual({ backend: 'kind', name: 'lab', cni: 'calico', proxyMode: 'iptables', encapsulation: 'vxlan', kubernetesVersion: 'v1.35.0', kubeconfig: join(fake.paths.data, 'kind/lab/kubeconfig'), context: 'kind-lab', nodes: NODES, running: true });
  expect([...cluster.offers]).toEqual(['nodes-2', 'node-shell', 'reset', 'cni-calico', 'cluster-wide', 'kind', 'network-policy', 'ipvs']);
});

test('Calico encapsulates always, by a change of its YAML', async () => {
  const fake = world();
  const calico = steps.filter(({ id }) => ['preflight', 'create', 'cni'].includes(id));
  await fake.backend({ steps: calico }).up(SPEC);
  expect(readFileSync(join(fake.state, 'applied'), 'utf8')).toContain('- name: CALICO_IPV4POOL_VXLAN\n              value: Always');
});

test('an older Calico is told that kube-proxy is in nftables; a newer one looks for itself', async () => {
  const upToCni = steps.filter(({ id }) => ['preflight', 'create', 'cni'].includes(id));
  const told: string[] = [];
  for (const kind of ['v0.27.0', 'v0.31.0']) {
    const fake = world({ kind });
    await fake.backend({ steps: upToCni }).up({ ...SPEC, proxyMode: 'nftables' });
    told.push(...(/FELIX_NFTABLESMODE\n\s+value: \w+/.exec(readFileSync(join(fake.state, 'applied'), 'utf8')) ?? ['nothing']));
  }
  expect(told.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual(['FELIX_NFTABLESMODE value: Enabled', 'nothing']);
});

test('the operator\'s own word is waited for, and not asked for before it can come', async () => {
  const fake = world();
  writeFileSync(join(fake.home, 'manifests', 'v1_crd_projectcalico_org-v3.32.1.yaml'), 'kind: List\n');
  writeFileSync(join(fake.home, 'manifests', 'tigera-operator-v3.32.1.yaml'), 'kind: List\n');
  await fake.backend({ installer: 'operator', steps: steps.filter(({ id }) => ['preflight', 'create', 'cni', 'wait'].includes(id)) }).up(SPEC);
  expect(golden(fake.calls()).filter((call) => /tigera/.test(call)).map((call) => call.replace('kubectl --kubeconfig=<lab>/kubeconfig ', ''))).toEqual([
    'wait --for=condition=Established crd/installations.operator.tigera.io --timeout=60s', '-n tigera-operator rollout status deploy/tigera-operator --timeout=300s',
    'get tigerastatus/calico tigerastatus/apiserver', 'wait --for=condition=Available tigerastatus/calico tigerastatus/apiserver --timeout=600s',
  ]);
});

test('an account that a new namespace does not have yet is waited for', async () => {
  const fake = world();
  fake.set('refuse-once', 'pods "server" is forbidden: error looking up service account cka-probe/default: serviceaccount "default" not found\n');
  await fake.backend().up(SMALL);
  expect(fake.calls().filter((call) => call.endsWith(' apply -f -')).length).toBe(2);
});

test('builds with Flannel: br_netfilter and the bridge plugin come first', async () => {
  const fake = world();
  await fake.backend({}, 'flannel').up({ ...SPEC, cni: 'flannel', workers: 1 });
  expect(golden(fake.calls()).filter((call) => /modprobe br|bridge|apply|rollout/.test(call))).toMatchInlineSnapshot(`
    [
      "docker exec --privileged lab-control-plane modprobe br_netfilter",
      "docker exec --privileged lab-control-plane test -x /opt/cni/bin/bridge",
      "docker exec --privileged -i lab-control-plane sh -c cat >/opt/cni/bin/bridge.new && chmod 755 /opt/cni/bin/bridge.new && mv /opt/cni/bin/bridge.new /opt/cni/bin/bridge",
      "docker exec --privileged lab-worker test -x /opt/cni/bin/bridge",
      "docker exec --privileged -i lab-worker sh -c cat >/opt/cni/bin/bridge.new && chmod 755 /opt/cni/bin/bridge.new && mv /opt/cni/bin/bridge.new /opt/cni/bin/bridge",
      "kubectl --kubeconfig=<lab>/kubeconfig apply --server-side --force-conflicts -f -",
      "kubectl --kubeconfig=<lab>/kubeconfig -n kube-flannel rollout status ds/kube-flannel-ds --timeout=300s",
      "kubectl --kubeconfig=<lab>/kubeconfig -n kube-system rollout status ds/kube-proxy --timeout=120s",
      "kubectl --kubeconfig=<lab>/kubeconfig -n kube-system rollout status deploy/coredns --timeout=180s",
      "kubectl --kubeconfig=<lab>/kubeconfig apply -f -",
    ]
  `);
});

test.each<[string, FakeOptions, RegExp]>([
  ['podman', { engine: 'podman' }, /^podman exec --privileged -i lab-worker sh -s$/],
  ['nerdctl', { engine: 'nerdctl' }, /^nerdctl exec --privileged -i lab-worker sh -s$/],
])('works through %s', async (_name, options, expected) => {
  const fake = world(options);
  await fake.backend({ steps: steps.slice(0, 5) }).up(SMALL);
  expect(fake.calls().filter((call) => expected.test(call))).toHaveLength(1);
  expect(fake.calls().filter((call) => call.startsWith('docker'))).toEqual([]);
});

test('podman is told the registry of every image, and of a pinned one the digest alone', async () => {
  const fake = world({ engine: 'podman' });
  await fake.backend({ steps: steps.slice(0, 5), nodeTools: true }).up(SMALL);
  expect(fake.calls().filter((call) => /^podman (pull|build) /.test(call))).toEqual([
    'podman pull docker.io/kindest/node@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f', 'podman build -t localhost/cka-trainer/node:v1.35.0 -',
    'podman pull registry.example/calico:1', 'podman pull docker.io/library/busybox:1.28', 'podman pull docker.io/library/nginx:1.25',
  ]);
});

test.each([
  ['v0.27.0', 'kindest/node:v1.32.2@sha256:f226345927d7e348497136874b6d207e0b32cc52154ad8323129352923a3142f'],
  ['v0.31.0', 'kindest/node:v1.35.0@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f'],
  ['v0.33.0', 'kindest/node:v1.35.8@sha256:07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0'],
  ['v0.99.0', undefined],
])('kind %s gets the image that belongs to it', async (kind, image) => {
  const fake = world({ kind });
  await fake.backend({ steps: steps.slice(0, 3) }).up(SPEC);
  const config = readFileSync(join(fake.paths.data, 'kind/lab/kind.yaml'), 'utf8');
  expect([...config.matchAll(/image: (.*)/g)].map(([, name]) => name)).toEqual(image === undefined ? [] : [image, image, image]);
  expect(fake.calls().filter((call) => call.includes(' pull '))).toEqual(image === undefined ? [] : [`docker pull ${image}`]);
});

const FAILURES: readonly (readonly [step: string, call: string, nodesLeft: readonly string[]])[] = [
  ['image', '^docker pull kindest', []],
  ['create', '^kind create', []],
  ['node-prep', '^docker exec --privileged -i lab-worker sh -s', TWO_NODES],
  ['preload', 'ctr --namespace', TWO_NODES],
  ['cni', 'apply --server-side', TWO_NODES],
  ['wait', 'wait --for=condition=Ready nodes', TWO_NODES],
  ['probe', 'wait --for=condition=Ready pod', TWO_NODES],
  ['record', 'api-resources', TWO_NODES],
];

// Images are a comfort: see below.
test.each(FAILURES.filter(([step]) => step !== 'preload'))('a failure in %s is told with its log; the same command goes on there', async (step, call, nodesLeft) => {
  const fake = world();
  fake.fail(call);
  const error = await fake.backend().up(SMALL).then(() => undefined, (reason: Error & { action?: string }) => reason);
  expect(error?.message).toMatch(new RegExp(`\\(${step}\\): .*the injected failure\\.`));
  expect(error?.action).toContain('Then run the same command again: it goes on at this step.');
  expect((await fake.backend().list()).map(stateWord)).toEqual(nodesLeft.length > 0 ? ['half built'] : []);
  const log = /The log: (.*)$/.exec(error?.action ?? '')?.[1] ?? '';
  expect(readFileSync(log, 'utf8')).toContain('the injected failure');
  expect(fake.nodes()).toEqual(nodesLeft);
  fake.unset('fail');
  fake.forgetCalls();
  await fake.backend().up(SMALL);
  expect(fake.nodes()).toEqual(TWO_NODES);
  // Nodes that were made are not made twice.
  expect(fake.calls().filter((line) => line.startsWith('kind create')).length).toBe(nodesLeft.length === 0 ? 1 : 0);
});

test('an image that does not go into the nodes is left to them', async () => {
  const fake = world();
  fake.fail('ctr --namespace', 'ctr: content digest sha256:0: not found');
  const said: string[] = [];
  await fake.backend({ onStep: (event) => void (event.type === 'line' && said.push(event.line)) }).up(SMALL);
  expect(said).toContain('not preloaded, the nodes will pull them: registry.example/calico:1, busybox:1.28, nginx:1.25');
  expect(said).toContain('`docker save registry.example/calico:1` failed: ctr: content digest sha256:0: not found.');
});

test.each([
  ['overlay2', '28.2.2', []],
  ['containerd', '27.5.1', []],
  ['containerd', '29.1.0', ['--platform', 'linux/amd64']],
])('with images in %s, docker %s is asked to save them so', async (store, version, flags) => {
  const fake = world({ info: { ServerVersion: version, CgroupVersion: '2', MemTotal: 2 ** 34, NCPU: 4, OperatingSystem: 'Docker Desktop', DriverStatus: store === 'containerd' ? [['driver-type', 'io.containerd.snapshotter.v1']] : [] } });
  await fake.backend({ steps: steps.slice(0, 5) }).up(SMALL);
  expect(fake.calls().filter((call) => call.startsWith('docker save')).map((call) => call.split(' ').slice(2, -1))).toContainEqual(flags);
});

test.each(FAILURES)('Ctrl-C in %s leaves nothing behind', async (_step, call) => {
  const fake = world();
  fake.set('hang', `${call}\n`);
  const up = fake.backend().up(SMALL).then(() => 'built', (reason: UserError) => [reason.message, reason.exitCode]);
  await expect.poll(() => fake.has('hanging'), { timeout: 10_000, interval: 10 }).toBe(true);
  process.emit('SIGINT', 'SIGINT');
  expect(await up).toEqual(['Interrupted (SIGINT).', 130]);
  expect([fake.nodes(), existsSync(join(fake.paths.data, 'kind/lab/record.json')), existsSync(join(fake.paths.data, 'kind/lab/lock.json')), existsSync(join(fake.paths.data, 'kind/lab/logs'))]).toEqual([[], false, false, true]);
  // Its logs stay until somebody cleans up.
  expect([await fake.backend().remove?.('lab'), existsSync(join(fake.paths.data, 'kind/lab'))]).toEqual([false, false]);
});

test('a build that was killed is cleaned up by the next one', async () => {
  const fake = world();
  fake.set('nodes/lab-worker', 'left\n');
  // What a killed process leaves: a record without nodes, and a lock of nobody.
  const folder = join(fake.paths.data, 'kind/lab');
  await fake.backend({ steps: steps.slice(0, 1) }).up({ ...SPEC, name: 'other' }).catch(() => undefined);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'record.json'), JSON.stringify({ spec: SPEC, engine: 'docker', installer: 'manifest', begunAt: Date.now() - 5_000, hasBegunNodes: true, isReady: false }));
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: 2 ** 22 - 1, startedAt: '1' }));
  await fake.backend().up(SPEC);
  expect(fake.calls().filter((call) => /^kind (create|delete)/.test(call)).map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual(['kind delete', 'kind create']);
});

test('two runs at once: the second is told about the first', async () => {
  const fake = world();
  fake.set('hang', '^kind create\n');
  const first = fake.backend().up(SPEC).catch((reason: Error) => reason.message);
  await expect.poll(() => fake.has('hanging'), { timeout: 10_000, interval: 10 }).toBe(true);
  await expect(fake.backend().up(SPEC)).rejects.toThrow(`Another cka (process ${process.pid}) is working on cluster lab.`);
  expect((await fake.backend().list()).map(stateWord)).toEqual(['being built']);
  process.emit('SIGTERM', 'SIGTERM');
  expect(await first).toBe('Interrupted (SIGTERM).');
});

test('a container that the engine makes after all is removed too', async () => {
  const fake = world();
  fake.set('late', 'lab-worker\n');
  fake.fail('^kind create');
  await expect(fake.backend().up(SMALL)).rejects.toThrow('the injected failure');
  expect([fake.nodes(), fake.calls().filter((call) => call.startsWith('kind delete')).length]).toEqual([[], 2]);
});

test('a cluster of this name that is not ours is left alone', async () => {
  const fake = world();
  fake.set('nodes/lab-control-plane', 'theirs\n');
  await expect(fake.backend().up(SPEC)).rejects.toThrow('There is a kind cluster "lab" that cka did not make (lab-control-plane). It is left alone.');
  expect(await fake.backend().remove?.('lab')).toBe(false);
  expect([fake.nodes(), fake.calls().filter((call) => call.startsWith('kind'))]).toEqual([['lab-control-plane'], []]);
});

test('up again finds it; down removes it and asks whether it has gone', async () => {
  const fake = world();
  await fake.backend().up(SPEC);
  fake.forgetCalls();
  const found = (await fake.backend().find('lab'))!;
  expect([found.info.nodes, fake.calls().filter((call) => call.startsWith('kind'))]).toEqual([NODES, []]);
  await found.down();
  expect(golden(fake.calls()).slice(-3)).toEqual([
    'docker ps -a --no-trunc --filter label=io.x-k8s.kind.cluster=lab --format {{.ID}}\t{{.Names}}\t{{.Status}}',
    'kind delete cluster --name lab --kubeconfig <lab>/kubeconfig',
    'docker ps -a --no-trunc --filter label=io.x-k8s.kind.cluster=lab --format {{.ID}}\t{{.Names}}\t{{.Status}}',
  ]);
  expect([fake.nodes(), await fake.backend().list(), existsSync(join(fake.paths.data, 'kind/lab'))]).toEqual([[], [], false]);
});

test('after a reboot its nodes are started, modules loaded again, and nothing is made anew', async () => {
  const fake = world();
  await fake.backend().up(SPEC);
  for (const node of NODES) fake.set(`nodes/${node}`, 'stopped\n');
  expect([await fake.backend().find('lab'), (await fake.backend().list()).map(({ running }) => running)]).toEqual([undefined, [false]]);
  fake.forgetCalls();
  await fake.backend().up(SPEC);
  expect(golden(fake.calls()).filter((call) => /^kind|start|modprobe br/.test(call))).toEqual(['docker start lab-control-plane lab-worker lab-worker2', 'docker exec --privileged lab-control-plane modprobe br_netfilter']);
});

test('a node that was paused goes on', async () => {
  const fake = world();
  await fake.backend().up(SMALL);
  fake.set('nodes/lab-worker', 'paused\n');
  fake.set('nodes/lab-control-plane', 'stopped\n');
  fake.forgetCalls();
  await fake.backend().up(SMALL);
  expect(golden(fake.calls()).filter((call) => /docker (un)?(pause|start)/.test(call))).toEqual(['docker unpause lab-worker', 'docker start lab-control-plane']);
});

test('an engine that stands still when a cluster is to go: nothing is forgotten, and it is said what to do', async () => {
  const fake = world();
  await fake.backend().up(SMALL);
  fake.fail('^docker', 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?');
  const told = await fake.backend().remove?.('lab').then(() => undefined, (error: Error & { action?: string }) => [error.message, error.action]);
  expect(told).toEqual(['`docker ps -a` failed: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?', 'See `cka doctor`: it says what is missing here.']);
  expect([fake.nodes(), (await fake.backend().list()).map(stateWord)]).toEqual([TWO_NODES, ['stopped']]);
});

test('nodes stay in the engine that made them, whatever else is installed later', async () => {
  const fake = world({ tools: ['kind', 'docker', 'podman', 'kubectl'] });
  fake.fail('wait --for=condition=Ready nodes');
  await expect(fake.backend().up(SMALL)).rejects.toThrow('the injected failure');
  fake.unset('fail');
  fake.forgetCalls();
  fake.env['KIND_EXPERIMENTAL_PROVIDER'] = 'podman';
  await fake.backend().up(SMALL);
  expect(fake.calls().filter((call) => call.startsWith('podman'))).toEqual([]);
  fake.env['PATH'] = join(fake.home, 'bin');
  rmSync(join(fake.home, 'bin', 'docker'));
  await expect(fake.backend().up(SMALL)).rejects.toThrow('The nodes of cluster lab are in docker, which is not here any more.');
});

test('half deleted, it says which node and what to do', async () => {
  const fake = world();
  await fake.backend().up(SPEC);
  fake.unset('nodes/lab-worker2');
  expect((await fake.backend().list()).map(stateWord)).toEqual(['stopped']);
  const rejected = await fake.backend().find('lab').then(() => undefined, (error: Error & { action?: string }) => [error.message, error.action]);
  expect(rejected).toEqual(['Node lab-worker2 of cluster lab is gone: the cluster is half deleted.', 'Remove what is left, then make it anew: cka cluster down --name lab']);
  expect(await fake.backend().remove?.('lab')).toBe(true);
  expect(fake.nodes()).toEqual([]);
});

test('a node that was given another name is told by both, and left alone', async () => {
  const fake = world();
  await fake.backend().up(SMALL);
  fake.unset('nodes/lab-worker');
  fake.set('nodes/lab-mine', 'started\n');
  fake.set('was-lab-mine', 'lab-worker\n');
  const told = await fake.backend().find('lab').then(() => undefined, (error: Error & { action?: string }) => [error.message, error.action]);
  expect(told).toEqual(['The container of node lab-worker was renamed to lab-mine.', 'Give it its name back (rename lab-mine lab-worker), or remove the cluster: cka cluster down --name lab']);
  // `up` says the same, as a step of its own.
  await expect(fake.backend().up(SMALL)).rejects.toThrow('Creating the nodes (create): The container of node lab-worker was renamed to lab-mine.');
  expect(fake.nodes()).toEqual(['lab-control-plane', 'lab-mine']);
});

test('a dead node that does not start again is named, in the words of the engine', async () => {
  const fake = world();
  await fake.backend().up(SMALL);
  fake.set('nodes/lab-worker', 'stopped\n');
  fake.fail('^docker start', 'Error response from daemon: OCI runtime create failed');
  const error = await fake.backend().up(SMALL).then(() => undefined, (reason: Error & { action?: string }) => reason);
  expect(error?.message).toBe('Creating the nodes (create): `docker start lab-worker` failed: Error response from daemon: OCI runtime create failed.');
  expect(error?.action).toContain('`cka cluster down --name lab` removes what was made.');
  expect(fake.nodes()).toEqual(TWO_NODES);
});

test('another shape under the same name is refused', async () => {
  const fake = world();
  await fake.backend().up(SPEC);
  await expect(fake.backend().up({ ...SPEC, workers: 1 })).rejects.toThrow('The cluster lab exists with workers 2, not workers 1.');
  await expect(fake.backend().up({ ...SPEC, encapsulation: 'ipip' })).rejects.toThrow('The cluster lab exists with encapsulation vxlan, not encapsulation ipip.');
});

interface Bad {
  readonly world?: FakeOptions;
  readonly before?: (fake: FakeWorld) => void;
  readonly spec?: Partial<ClusterSpec>;
  readonly says: string;
  readonly action: string;
}

const BAD: Readonly<Record<string, Bad>> = {
  'no engine': { world: { tools: ['kind', 'kubectl'] }, says: 'There is no docker, podman or nerdctl here.', action: 'Install Docker' },
  'no kind': { world: { tools: ['docker', 'kubectl'] }, says: 'kind: not installed.', action: 'Install it: kind.sigs.k8s.io' },
  'a kind of long ago': { world: { kind: 'v0.20.0' }, says: 'kind: kind v0.20.0 go1.25.0 linux/amd64, and at least v0.23.0 is needed.', action: 'Install a newer kind' },
  'no daemon': { before: (fake) => { fake.set('info', '{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"]}'); }, says: 'Container engine: docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?', action: 'Start it: sudo systemctl start docker' },
  'no permission': { before: (fake) => { fake.fail(' info ', 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock'); }, says: 'Container engine: docker: permission denied.', action: 'Add yourself to its group' },
  'little memory': { world: { info: { ServerVersion: '28.2.2', CgroupVersion: '2', MemTotal: 2 ** 31, NCPU: 4 } }, says: 'Memory: 2.0 GiB free for 3 nodes, and 3 GiB are the least.', action: 'Close something' },
  'old control groups': { world: { info: { ServerVersion: '28.2.2', CgroupVersion: '1', MemTotal: 2 ** 34, NCPU: 4, OperatingSystem: 'Docker Desktop' } }, says: 'Control groups: version 1, and Kubernetes 1.35 needs version 2.', action: 'Boot with' },
  'ranges that overlap': { before: (fake) => { fake.set('network', '[{"subnets":[{"subnet":"10.244.0.0/20"}]}]'); }, says: 'Address ranges: the network "kind" of docker (10.244.0.0/20) overlaps 10.244.0.0/16 of the cluster.', action: 'docker network rm kind' },
  'no IPVS in the kernel': { before: (fake) => { fake.set('no-modules', 'ip_vs\n'); }, spec: { proxyMode: 'ipvs' }, says: 'The kernel modules ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh could not be loaded', action: 'Or use the simulator for the IPVS lab: --backend simulator.' },
  'no br_netfilter for Flannel': { before: (fake) => { fake.set('no-modules', 'br_netfilter\n'); }, spec: { cni: 'flannel' }, says: 'The kernel module br_netfilter could not be loaded, and Flannel does not start without it.', action: 'sudo modprobe br_netfilter' },
  'a manifest that was changed': { before: (fake) => { writeFileSync(join(fake.home, 'manifests', 'calico.yaml'), 'kind: DaemonSet\n'); }, says: 'has the checksum 09e6af4300f21b78', action: 'Get it again from https://example.invalid/calico.yaml' },
  'a port in use': { before: (fake) => { fake.fail('^kind create', 'ERROR: failed to create cluster: Bind for 127.0.0.1:6443 failed: port is already allocated'); }, says: 'port is already allocated', action: 'run the same command again' },
};

test.each(Object.entries(BAD))('%s: a message that ends in an action', async (_name, { world: options, before, spec, says, action }) => {
  const fake = world(options);
  before?.(fake);
  if (!options?.tools?.includes('docker') && options?.tools) fake.env['PATH'] = join(fake.home, 'bin');
  const error = await fake.backend({}, spec?.cni).up({ ...SPEC, ...spec }).then(() => undefined, (reason: Error & { action?: string }) => reason);
  expect(error?.message).toContain(says);
  expect(error?.action).toContain(action);
});

test('where nodes have no tools, a container beside them has: same sockets, same routes, same processes', async () => {
  const fake = world();
  const cluster = await fake.backend().up(SMALL);
  expect(cluster.toolsBeside!('lab-worker', ['tcpdump', '-ni', 'any'], true)).toEqual(['docker', 'run', '--rm', '-it', '--privileged', '--net', 'container:lab-worker', '--pid', 'container:lab-worker', 'nicolaka/netshoot:v0.13', 'tcpdump', '-ni', 'any']);
  expect(() => cluster.toolsBeside!('nope', ['true'], false)).toThrow('nodes "nope" not found');
});

test('labs that need IPVS are not offered it by a kernel without', async () => {
  const fake = world();
  fake.set('no-modules', 'ip_vs\n');
  expect([...(await fake.backend({ steps: steps.slice(0, 4) }).up(SMALL)).offers]).not.toContain('ipvs');
});

test('a reset looks at files on nodes, at objects, at kube-proxy, and at the network', async () => {
  const fake = world();
  const cluster = await fake.backend().up(SMALL);
  fake.forgetCalls();
  fake.set('proxy-mode', 'ipvs');
  fake.set('becomes', 'iptables');
  await cluster.reset();
  expect(golden(fake.calls()).map((call) => call.replace('kubectl --kubeconfig=<lab>/kubeconfig', 'kubectl'))).toMatchInlineSnapshot(`
    [
      "docker exec --privileged -i lab-control-plane sh -s",
      "docker exec --privileged -i lab-worker sh -s",
      "kubectl api-resources --verbs=list,delete,get -o name",
      "kubectl get configmaps --all-namespaces --ignore-not-found -o json",
      "kubectl api-resources --verbs=list,delete,get -o name",
      "kubectl get configmaps --all-namespaces --ignore-not-found -o json",
      "docker exec --privileged lab-control-plane curl -s --max-time 5 http://localhost:10249/proxyMode",
      "docker exec --privileged lab-control-plane curl -s --max-time 5 http://localhost:10249/proxyMode",
      "kubectl -n kube-system get pods -l k8s-app=kube-proxy -o name",
      "kubectl -n kube-system exec pod/kube-proxy-x -- /usr/local/bin/kube-proxy --cleanup",
      "kubectl -n kube-system delete pod/kube-proxy-x --ignore-not-found --grace-period=1 --timeout=60s",
      "docker exec --privileged lab-control-plane sh -c ip link show kube-ipvs0 >/dev/null 2>&1 && ip link delete kube-ipvs0; true",
      "docker exec --privileged lab-worker sh -c ip link show kube-ipvs0 >/dev/null 2>&1 && ip link delete kube-ipvs0; true",
      "docker exec --privileged lab-control-plane curl -s --max-time 5 http://localhost:10249/proxyMode",
      "docker exec --privileged lab-worker curl -s --max-time 5 http://localhost:10249/proxyMode",
      "docker exec --privileged lab-control-plane sh -c ip link show kube-ipvs0 >/dev/null 2>&1",
      "docker exec --privileged lab-control-plane sh -c nft list tables | grep -q kube-proxy >/dev/null 2>&1",
      "docker exec --privileged lab-worker sh -c ip link show kube-ipvs0 >/dev/null 2>&1",
      "docker exec --privileged lab-worker sh -c nft list tables | grep -q kube-proxy >/dev/null 2>&1",
      "kubectl -n kube-system rollout status deployment/coredns --timeout=180s",
      "kubectl delete namespace cka-probe --ignore-not-found --wait=true --timeout=60s",
      "kubectl apply -f -",
      "kubectl -n cka-probe wait --for=condition=Ready pod --all --timeout=120s",
      "kubectl -n cka-probe get pod server -o jsonpath={.status.podIP}",
      "kubectl -n cka-probe exec client -- wget -qO- -T 5 http://10.244.1.2/",
      "kubectl -n cka-probe exec client -- wget -qO- -T 5 http://server/",
      "kubectl -n cka-probe exec client -- nslookup kubernetes.default.svc.cluster.local",
      "kubectl delete namespace cka-probe --ignore-not-found --wait=true --timeout=60s",
    ]
  `);
});
