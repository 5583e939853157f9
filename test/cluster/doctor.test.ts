/** What the doctor says of kind: one machine with everything in place, and one row for each thing that hinders people. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ClusterSpec } from '../../src/cluster/cluster.ts';
import { type DoctorRow } from '../../src/cluster/doctor.ts';
import { examineBackends } from '../../src/cluster/doctor-backends.ts';
import { examineKind } from '../../src/cluster/doctor-kind.ts';
import { Tools } from '../../src/cluster/tools.ts';
import { type FakeOptions, FakeWorld } from './fakes/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'cka-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = {
  'proc/meminfo': 'MemTotal: 16000000 kB\nMemAvailable:   12000000 kB\n',
  'proc/version': 'Linux version 6.12.0-amd64 (debian-kernel@lists.debian.org)\n',
  'proc/modules': 'br_netfilter 32768 0 - Live\nnf_conntrack 200000 1 - Live\n',
  'proc/sys/fs/inotify/max_user_watches': '524288\n',
  'proc/sys/fs/inotify/max_user_instances': '512\n',
  [`lib/${release()}/modules.builtin`]: 'kernel/drivers/net/vxlan/vxlan.ko\n',
  [`lib/${release()}/modules.dep`]: 'kernel/net/netfilter/ipvs/ip_vs.ko.xz: kernel/lib/libcrc32c.ko.xz\nkernel/net/netfilter/ipvs/ip_vs_rr.ko.xz:\nkernel/net/netfilter/ipvs/ip_vs_wrr.ko.xz:\nkernel/net/netfilter/ipvs/ip_vs_sh.ko.xz:\nkernel/net/netfilter/nf_tables.ko.xz:\n',
} as const;
const PODMAN = { host: { cgroupVersion: 'v2', memTotal: 16 * 2 ** 30, cpus: 8 }, version: { Version: '5.4.0' } };
const DEBIAN = { ServerVersion: '28.2.2', CgroupVersion: '2', MemTotal: 16 * 2 ** 30, NCPU: 8, Driver: 'overlay2', DriverStatus: [], DockerRootDir: '/no/such/folder', SecurityOptions: ['name=seccomp'], OperatingSystem: 'Debian GNU/Linux 13' };

let machines = 0;
function machine(files: Partial<Record<keyof typeof GOOD, string>> = {}): { readonly proc: string; readonly lib: string } {
  const root = join(folder, String(machines++));
  for (const [name, text] of Object.entries({ ...GOOD, ...files })) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text ?? '');
  }
  return { proc: join(root, 'proc'), lib: join(root, 'lib') };
}

interface Row {
  readonly world?: FakeOptions;
  readonly info?: Partial<Record<keyof typeof DEBIAN, unknown>>;
  readonly files?: Partial<Record<keyof typeof GOOD, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly before?: (fake: FakeWorld) => void;
  readonly spec?: Partial<ClusterSpec>;
  /** `id status: detail`. */
  readonly says: string;
  readonly action: RegExp;
}

const ROWS: Readonly<Record<string, Row>> = {
  'no kind': { world: { tools: ['docker', 'kubectl'] }, says: 'kind failure: not installed', action: /^Install it: kind/ },
  'a kind of long ago': { world: { kind: 'v0.20.0' }, says: 'kind failure: kind v0.20.0 go1.25.0 linux/amd64, and at least v0.23.0 is needed', action: /^Install a newer kind/ },
  'a kind of tomorrow': { world: { kind: 'v0.99.0' }, says: 'kind warning: kind v0.99.0 go1.25.0 linux/amd64: no node image is pinned for it, so kind chooses', action: /from v0.27 to v0.33/ },
  'a kubectl that is too new for a kind before the pinned ones': { world: { kind: 'v0.24.0' }, says: 'kind-kubectl warning: v1.35.0: more than one minor version from Kubernetes 1.31', action: /^Install kubectl 1\.30, 1\.31 or 1\.32;/ },
  'a kubectl that is too new for an older kind': { world: { kind: 'v0.27.0' }, says: 'kind-kubectl warning: v1.35.0: more than one minor version from Kubernetes 1.32', action: /^Install kubectl 1\.31, 1\.32 or 1\.33;/ },
  'an engine that stands still': { before: (fake) => fake.set('info', '{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon"]}'), says: 'engine failure: docker does not answer: Cannot connect to the Docker daemon', action: /^Start it/ },
  'an engine that is not for us': { before: (fake) => fake.fail(' info ', 'permission denied while trying to connect'), says: 'engine failure: docker: permission denied', action: /usermod -aG docker/ },
  'control groups of the first kind': { info: { CgroupVersion: '1' }, says: 'cgroup failure: version 1, and Kubernetes 1.35 needs version 2', action: /unified_cgroup_hierarchy/ },
  'too little memory': { files: { 'proc/meminfo': 'MemAvailable: 2000000 kB\n' }, says: 'memory failure: 1.9 GiB free for 3 nodes, and 3 GiB are the least', action: /use the simulator/ },
  'little memory': { files: { 'proc/meminfo': 'MemAvailable: 3500000 kB\n' }, says: 'memory warning: 3.3 GiB free for 3 nodes', action: /4 GiB/ },
  'little memory of ours, much of the virtual machine\'s': { info: { OperatingSystem: 'Docker Desktop' }, files: { 'proc/meminfo': 'MemAvailable: 1000000 kB\n' }, says: 'platform warning: addresses of nodes cannot be reached from this machine', action: /port-forward/ },
  'one processor': { info: { NCPU: 1 }, says: 'cpu warning: 1', action: /two or more/ },
  'few file watches': { files: { 'proc/sys/fs/inotify/max_user_watches': '8192\n', 'proc/sys/fs/inotify/max_user_instances': '128\n' }, says: 'inotify warning: 8192 watches, 128 instances', action: /sudo sysctl fs.inotify/ },
  'a kernel without IPVS': { files: { [`lib/${release()}/modules.dep`]: 'kernel/net/netfilter/nf_tables.ko:\n' }, says: 'module-ipvs warning: the kernel has no ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh: labs on IPVS run on the simulator only', action: /sudo modprobe -a ip_vs ip_vs_rr/ },
  'a kernel without IPVS, and IPVS is wanted': { files: { [`lib/${release()}/modules.dep`]: 'kernel/net/netfilter/nf_tables.ko:\n' }, spec: { proxyMode: 'ipvs' }, says: 'module-ipvs failure: the kernel has no ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh: labs on IPVS run on the simulator only', action: /sudo modprobe/ },
  'a kernel without nf_tables, and nftables is wanted': { files: { [`lib/${release()}/modules.dep`]: 'kernel/net/netfilter/ipvs/ip_vs.ko:\n' }, spec: { proxyMode: 'nftables' }, says: 'module-nftables failure: the kernel has no nf_tables: kube-proxy has no nftables mode', action: /sudo modprobe -a nf_tables/ },
  'a kernel without br_netfilter, and Flannel is wanted': { files: { 'proc/modules': 'nf_conntrack 1 1\n' }, spec: { cni: 'flannel' }, says: 'module-bridge failure: the kernel has no br_netfilter: no Flannel', action: /sudo modprobe -a br_netfilter/ },
  'an engine without root': { info: { SecurityOptions: ['name=rootless'] }, says: 'rootless warning: nodes cannot load modules; labs on IPVS run on the simulator only', action: /rootless/ },
  'an engine without root, and IPVS is wanted': { info: { SecurityOptions: ['name=rootless'] }, spec: { proxyMode: 'ipvs' }, says: 'rootless failure: nodes cannot load modules: no IPVS', action: /rootless/ },
  'btrfs': { info: { Driver: 'btrfs' }, says: 'storage warning: btrfs', action: /known issues/ },
  'a docker that is podman': { world: { tools: ['kind', 'podman', 'kubectl'], info: PODMAN }, before: (fake) => writeFileSync(join(fake.home, 'bin', 'docker'), '#!/bin/sh\necho "Emulate Docker CLI using podman." >&2\nexec /usr/bin/podman "$@"\n', { mode: 0o755 }), says: 'engine warning: podman 5.4.0: kind calls it experimental', action: /try Docker/ },
  'an engine that was asked for and is not there': { env: { KIND_EXPERIMENTAL_PROVIDER: 'finch' }, says: 'engine failure: KIND_EXPERIMENTAL_PROVIDER says finch, which is not installed', action: /unset that variable/ },
  'podman': { world: { engine: 'podman' }, says: 'engine warning: podman 5.4.0: kind calls it experimental', action: /try Docker/ },
  'WSL': { files: { 'proc/version': 'Linux version 5.15.153.1-microsoft-standard-WSL2\n' }, says: 'platform warning: addresses of nodes cannot be reached from this machine', action: /port-forward/ },
  'a proxy for everything': { env: { HTTPS_PROXY: 'http://proxy:3128' }, says: 'proxy warning: set, also for addresses of the cluster', action: /^export NO_PROXY=\$NO_PROXY,10\.244\.0\.0\/16,10\.96\.0\.0\/16$/ },
  'ranges that overlap': { before: (fake) => fake.set('network', '[{"subnets":[{"subnet":"10.96.0.0/12"}]}]'), says: 'subnets failure: the network "kind" of docker (10.96.0.0/12) overlaps 10.96.0.0/16 of the cluster', action: /docker network rm kind/ },
  'nodes that kind left behind': { before: (fake) => fake.set('nodes/old-worker', 'up\n'), says: 'kind-clusters warning: old-worker: nodes without a control plane', action: /kind delete cluster --name old\./ },
  'several clusters': { before: (fake) => ['a', 'b'].forEach((name) => fake.set(`nodes/${name}-control-plane`, 'up\n')), says: 'kind-clusters warning: a, b', action: /never touches/ },
};

const SPEC: ClusterSpec = { name: 'lab', workers: 2, cni: 'calico', proxyMode: 'iptables' };
const worlds: FakeWorld[] = [];
afterAll(() => worlds.forEach((made) => made.remove()));
const worldOf = ({ world, info, before, env }: Omit<Row, 'says' | 'action'>): FakeWorld => {
  const fake = new FakeWorld({ ...(world?.engine === undefined ? { info: { ...DEBIAN, ...info } } : {}), ...world });
  worlds.push(fake);
  before?.(fake);
  Object.assign(fake.env, env);
  return fake;
};
const said = ({ id, status, detail }: DoctorRow): string => `${id} ${status}: ${detail}`;

test('a machine with everything in place: nothing is marked', async () => {
  const rows = await examineKind(new Tools({ env: worldOf({}).env }), { spec: SPEC, folders: machine() });
  expect(rows.map(said)).toEqual([
    'kind ok: kind v0.31.0 go1.25.0 linux/amd64', 'kind-kubectl ok: v1.35.0', 'engine ok: docker 28.2.2', 'cgroup ok: version 2', 'cpu ok: 8', 'storage ok: overlay2', 'memory ok: 11.4 GiB free for 3 nodes',
    'inotify ok: 524288 watches, 512 instances', 'module-vxlan ok: the kernel has them', 'module-bridge ok: the kernel has them', 'module-ipvs ok: the kernel has them', 'module-nftables ok: the kernel has them',
    'kind-clusters ok: none', 'subnets ok: 10.244.0.0/16 and 10.96.0.0/16 are free',
  ]);
});

test.each(Object.entries(ROWS))('%s', async (_name, { says, action, files, spec, ...row }) => {
  const rows = await examineKind(new Tools({ env: worldOf(row).env }), { ...(spec === undefined ? {} : { spec: { ...SPEC, ...spec } }), folders: machine(files) });
  const marked = rows.filter(({ status }) => status !== 'ok');
  expect(marked.map(said)).toContain(says);
  expect(marked.find((candidate) => said(candidate) === says)?.action).toMatch(action);
  // Whatever else is marked: each ends in an action.
  expect(marked.filter((candidate) => candidate.action === undefined)).toEqual([]);
});

const LABS = [{ id: 'a/plain', needs: [] }, { id: 'a/ipvs', needs: ['ipvs'] }, { id: 'a/real', needs: ['kind'] }, { id: 'a/by-hand', needs: ['plain-machines'] }] as const;

test.each<[string, Omit<Row, 'says' | 'action'>, boolean, readonly string[]]>([
  ['everything works', {}, false, ['backend-kind ok: can run here: cka cluster up --backend kind', 'labs ok: all 4 can run here; 1 of them on the simulator only, for machines that no real cluster has']],
  ['no kind, and nobody asked for it: nothing is broken', { world: { tools: ['docker'] }, info: {} }, false, ['kind warning: not installed', 'backend-kind warning: cannot run here (kind)', 'labs warning: a/real cannot run here: kind is needed; 1 of them on the simulator only, for machines that no real cluster has']],
  ['no kind, and it is wanted', { world: { tools: ['docker'] } }, true, ['kind failure: not installed', 'backend-kind warning: cannot run here (kind)', 'labs warning: a/real cannot run here: kind is needed; 1 of them on the simulator only, for machines that no real cluster has']],
  ['no IPVS: its labs go to the simulator', { files: { [`lib/${release()}/modules.dep`]: 'kernel/net/netfilter/nf_tables.ko:\n' } }, false, ['backend-kind ok: can run here: cka cluster up --backend kind', 'labs warning: all 4 can run here; on the simulator, not on kind: a/ipvs (no IPVS in the nodes\' kernel); 1 of them on the simulator only, for machines that no real cluster has']],
])('which backends, and which labs: %s', async (_name, { files, ...row }, wantsKind, expected) => {
  const rows = await examineBackends({ env: worldOf(row).env, labs: LABS, wantsKind, folders: machine(files) });
  expect(rows.filter(({ id }) => ['kind', 'backend-kind', 'labs'].includes(id)).map(said).filter((text) => !text.startsWith('kind ok'))).toEqual(expected);
});
