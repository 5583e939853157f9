/**
 * Can a kind cluster be made on this machine? One row per thing that hinders people in practice, with what to do. Looks
 * only. A failure means no kind cluster; the simulator works all the same. One list of rows, long for its breadth.
 * See kind.sigs.k8s.io/docs/user/known-issues.
 */
import { existsSync, realpathSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { cidr, contains, ipv4, networkOf } from '../base/address.ts';
import type { ClusterSpec } from './cluster.ts';
import type { DoctorRow } from './doctor.ts';
import { type Engine, type EngineInfo, findEngine } from './engine.ts';
import { findProgram } from './find-program.ts';
import { POD_SUBNET, SERVICE_SUBNET } from './kind-config.ts';
import { availableModules, IPVS_MODULES } from './modules.ts';
import { nodeImageFor, OLDEST_KIND, parseKindVersion } from './pins.ts';
import type { Tools } from './tools.ts';

export interface Wish {
  /** What is to be made: then some warnings are failures. */
  readonly spec?: ClusterSpec;
}

const GIB = 2 ** 30;

/** Rows in the order of their weight. Never throws, except when it is told to stop. */
export async function examineKind(tools: Tools, { spec }: Wish = {}): Promise<readonly DoctorRow[]> {
  const engine = findEngine(tools);
  const [kind, client] = await Promise.all([kindRow(tools), kubectlRow(tools)]);
  if (!engine) return [kind.row, { ...engineTitle, status: 'failure', detail: 'none of docker, nerdctl and podman is installed', action: 'Install Docker: docs.docker.com/engine/install.' }, client];
  const info = await engine.info();
  if ('refusal' in info) return [kind.row, silent(engine, info.refusal), client];
  const isOwnKernel = process.platform === 'linux' && !/desktop|orbstack|colima|rancher/i.test(info.operatingSystem);
  const told = [engineRow(engine, info), cgroups(info, kind.version), processors(info), rootless(info, spec), snap(engine, tools), storage(info), proxies(tools)];
  const looked = await Promise.all([memory(info, spec), disk(info), inotify(isOwnKernel), ...modules(isOwnKernel, spec), init(engine), existing(engine, spec), subnets(engine), platform(info), firewall(tools)]);
  return [kind.row, client, ...[...told, ...looked].filter((row) => row !== undefined)];
}

const engineTitle = { id: 'engine', title: 'Container engine' } as const;

async function kindRow(tools: Tools): Promise<{ readonly row: DoctorRow; readonly version?: readonly [number, number] }> {
  const row = { id: 'kind', title: 'kind' };
  const ran = await tools.run('kind', ['version'], { timeoutMs: 10_000 });
  if (ran.exitCode === 127) return { row: { ...row, status: 'failure', detail: 'not installed', action: 'Install it: kind.sigs.k8s.io/docs/user/quick-start (one file, no root needed).' } };
  const version = parseKindVersion(ran.stdout);
  const detail = ran.stdout.trim().split('\n')[0] || 'does not tell its version';
  if (!version) return { row: { ...row, status: 'failure', detail, action: 'Look whether `kind version` works.' } };
  const [major, minor] = version;
  if (major === OLDEST_KIND[0] && minor < OLDEST_KIND[1]) return { version, row: { ...row, status: 'failure', detail: `${detail}, and at least v${OLDEST_KIND.join('.')}.0 is needed`, action: 'Install a newer kind: kind.sigs.k8s.io/docs/user/quick-start.' } };
  if (!nodeImageFor(version)) return { version, row: { ...row, status: 'warning', detail: `${detail}: no node image is pinned for it, so kind chooses`, action: 'Any kind from v0.27 to v0.33 has a pinned image.' } };
  return { version, row: { ...row, status: 'ok', detail } };
}

async function kubectlRow(tools: Tools): Promise<DoctorRow> {
  const row = { id: 'kind-kubectl', title: 'kubectl for kind' };
  if (!findProgram('kubectl', tools.env['PATH'])) return { ...row, status: 'ok', detail: 'not installed: the one inside the nodes is used' };
  const { stdout } = await tools.run('kubectl', ['version', '--client', '-o', 'json'], { timeoutMs: 10_000 });
  const version = /"gitVersion":\s*"(v1\.(\d+)[^"]*)"/.exec(stdout);
  if (!version) return { ...row, status: 'warning', detail: 'does not tell its version', action: 'Look whether `kubectl version --client` works.' };
  const minor = Number(version[2]);
  return minor >= 34 && minor <= 36 ? { ...row, status: 'ok', detail: version[1]! } : { ...row, status: 'warning', detail: `${version[1]}: more than one minor version from Kubernetes 1.35`, action: 'Install kubectl 1.34, 1.35 or 1.36; or go on: what labs use works all the same.' };
}

function silent(engine: Engine, refusal: string): DoctorRow {
  const last = refusal.split('\n').at(-1) ?? refusal;
  if (/permission denied/i.test(refusal)) return { ...engineTitle, status: 'failure', detail: `${engine.name}: permission denied`, action: 'Add yourself to its group (sudo usermod -aG docker $USER), then log in anew.' };
  return { ...engineTitle, status: 'failure', detail: `${engine.name} does not answer: ${last}`, action: engine.name === 'docker' ? 'Start it: sudo systemctl start docker, or open Docker Desktop.' : `Start it; \`${engine.name} info\` must work.` };
}

function engineRow(engine: Engine, info: EngineInfo): DoctorRow {
  const detail = `${engine.name} ${info.serverVersion}`;
  return engine.name === 'docker' ? { ...engineTitle, status: 'ok', detail } : { ...engineTitle, status: 'warning', detail: `${detail}: kind calls it experimental`, action: 'If something does not work, try Docker.' };
}

function cgroups({ cgroupVersion }: EngineInfo, version: readonly [number, number] | undefined): DoctorRow {
  const row = { id: 'cgroup', title: 'Control groups' };
  if (cgroupVersion === '' || cgroupVersion === '2') return { ...row, status: 'ok', detail: cgroupVersion === '' ? 'not told' : 'version 2' };
  const needed = Number(/^v1\.(\d+)/.exec((version && nodeImageFor(version)?.version) ?? '')?.[1] ?? 35) >= 35;
  return { ...row, status: needed ? 'failure' : 'warning', detail: `version ${cgroupVersion}, and Kubernetes 1.35 needs version 2`, action: 'Boot with systemd.unified_cgroup_hierarchy=1, or use a distribution of this decade.' };
}

async function memory(info: EngineInfo, spec: ClusterSpec | undefined): Promise<DoctorRow> {
  const row = { id: 'memory', title: 'Memory' };
  const available = /MemAvailable:\s+(\d+)/.exec(await readFile('/proc/meminfo', 'utf8').catch(() => ''))?.[1];
  const free = Math.min(info.memoryBytes || Infinity, available === undefined ? Infinity : Number(available) * 1024);
  if (free === Infinity) return { ...row, status: 'ok', detail: 'not told' };
  const detail = `${(free / GIB).toFixed(1)} GiB free for ${(spec?.workers ?? 2) + 1} nodes`;
  if (free < 3 * GIB) return { ...row, status: 'failure', detail: `${detail}, and 3 GiB are the least`, action: 'Close something, give the engine\'s virtual machine more, or use the simulator.' };
  return free < 4 * GIB ? { ...row, status: 'warning', detail, action: '4 GiB make it comfortable.' } : { ...row, status: 'ok', detail };
}

function processors({ cpus }: EngineInfo): DoctorRow {
  const row = { id: 'cpu', title: 'Processors', detail: cpus === 0 ? 'not told' : String(cpus) };
  return cpus === 1 ? { ...row, status: 'warning', action: 'With two or more the cluster starts in half the time.' } : { ...row, status: 'ok' };
}

async function disk({ rootFolder }: EngineInfo): Promise<DoctorRow | undefined> {
  const stats = await statfs(rootFolder).catch(() => undefined);
  if (!stats) return undefined;
  const free = (stats.bavail * stats.bsize) / GIB;
  const row = { id: 'engine-disk', title: 'Disk of the engine', detail: `${free.toFixed(0)} GiB free in ${rootFolder}` };
  if (free < 3) return { ...row, status: 'failure', action: 'Make room: images and nodes need some 5 GiB.' };
  return free < 10 ? { ...row, status: 'warning', action: 'Images and nodes need some 5 GiB: make room soon.' } : { ...row, status: 'ok' };
}

async function inotify(isOwnKernel: boolean): Promise<DoctorRow | undefined> {
  if (!isOwnKernel) return undefined;
  const read = async (name: string) => Number(await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => 'NaN'));
  const [watches, instances] = await Promise.all([read('max_user_watches'), read('max_user_instances')]);
  if (Number.isNaN(watches)) return undefined;
  const row = { id: 'inotify', title: 'File watches', detail: `${watches} watches, ${instances} instances` };
  return watches >= 524_288 && instances >= 512 ? { ...row, status: 'ok' } : { ...row, status: 'warning', action: 'If pods say "too many open files": sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512.' };
}

function modules(isOwnKernel: boolean, spec: ClusterSpec | undefined): readonly Promise<DoctorRow>[] {
  const look = async (id: string, title: string, wanted: readonly string[], isNeeded: boolean, without: string): Promise<DoctorRow> => {
    const have = isOwnKernel ? await availableModules(wanted) : undefined;
    if (!have) return { id, title, status: 'ok', detail: 'not known before a node tries' };
    const missing = wanted.filter((name) => !have.includes(name));
    if (missing.length === 0) return { id, title, status: 'ok', detail: 'the kernel has them' };
    return { id, title, status: isNeeded ? 'failure' : 'warning', detail: `the kernel has no ${missing.join(', ')}: ${without}`, action: `Try: sudo modprobe -a ${missing.join(' ')}.` };
  };
  return [
    look('module-vxlan', 'Kernel module for tunnels', ['vxlan'], spec !== undefined, 'neither Calico nor Flannel gets packets to other nodes'),
    look('module-bridge', 'Kernel module for Flannel', ['br_netfilter'], spec?.cni === 'flannel', 'no Flannel'),
    look('module-ipvs', 'Kernel modules for IPVS', IPVS_MODULES, spec?.proxyMode === 'ipvs', 'the IPVS lab runs on the simulator only'),
  ];
}

function rootless(info: EngineInfo, spec: ClusterSpec | undefined): DoctorRow | undefined {
  if (!info.isRootless) return undefined;
  const row = { id: 'rootless', title: 'Rootless engine' };
  const action = 'Load modules on this machine beforehand (ip_tables iptable_nat br_netfilter), and see kind.sigs.k8s.io/docs/user/rootless.';
  return spec?.proxyMode === 'ipvs' ? { ...row, status: 'failure', detail: 'nodes cannot load modules: no IPVS', action } : { ...row, status: 'warning', detail: 'nodes cannot load modules; the IPVS lab runs on the simulator only', action };
}

function snap(engine: Engine, tools: Tools): DoctorRow | undefined {
  const file = findProgram(engine.name, tools.env['PATH']);
  const real = file && existsSync(file) ? realpathSync(file) : '';
  if (!/\/snap\//.test(`${file}${real}`) && !real.endsWith('/snap')) return undefined;
  return { id: 'snap', title: 'Engine from a snap', status: 'warning', detail: 'it cannot read hidden folders and /tmp', action: 'Set TMPDIR to a folder below your home, or install Docker from docs.docker.com.' };
}

async function init(engine: Engine): Promise<DoctorRow | undefined> {
  if (engine.name !== 'docker') return undefined;
  const text = await readFile('/etc/docker/daemon.json', 'utf8').catch(() => '');
  return /"init"\s*:\s*true/.test(text) ? { id: 'init', title: 'Docker with an init', status: 'failure', detail: '"init": true in /etc/docker/daemon.json breaks the nodes of kind', action: 'Remove it there and restart Docker.' } : undefined;
}

function storage({ storageDriver, usesContainerdImageStore }: EngineInfo): DoctorRow {
  const row = { id: 'storage', title: 'Storage of the engine', detail: `${storageDriver || 'not told'}${usesContainerdImageStore ? ', containerd image store (images are loaded our own way)' : ''}` };
  return /btrfs|zfs/.test(storageDriver) ? { ...row, status: 'warning', action: 'kind works on it; see its known issues if nodes do not start.' } : { ...row, status: 'ok' };
}

async function existing(engine: Engine, spec: ClusterSpec | undefined): Promise<DoctorRow> {
  const row = { id: 'kind-clusters', title: 'kind clusters here' };
  const { stdout } = await engine.run(['ps', '-a', '--filter', 'label=io.x-k8s.kind.cluster', '--format', '{{.Names}}']);
  const names = stdout.split('\n').filter((name) => name.endsWith('-control-plane')).map((name) => name.replace(/-control-plane$/, ''));
  const others = names.filter((name) => name !== spec?.name);
  return others.length > 1 ? { ...row, status: 'warning', detail: names.join(', '), action: 'Each takes memory. cka never touches those that it did not make.' } : { ...row, status: 'ok', detail: names.join(', ') || 'none' };
}

/** The network of kind is given any free range by the engine; a network of this machine may have ours. */
async function subnets(engine: Engine): Promise<DoctorRow> {
  const row = { id: 'subnets', title: 'Address ranges' };
  const { stdout } = await engine.run(['network', 'inspect', 'kind']);
  const networks = [...stdout.matchAll(/"[Ss]ubnet":\s*"(\d+\.\d+\.\d+\.\d+\/\d+)"/g)].map(([, subnet]) => ({ subnet: subnet!, name: `the network "kind" of ${engine.name}`, isKind: true }));
  for (const [name, addresses] of Object.entries(networkInterfaces())) for (const { family, cidr: subnet } of addresses ?? []) if (family === 'IPv4' && subnet) networks.push({ subnet, name: `${name} of this machine`, isKind: false });
  for (const { subnet, name, isKind } of networks) {
    for (const own of [POD_SUBNET, SERVICE_SUBNET]) {
      const [a, b] = [cidr(subnet), cidr(own)];
      if (!contains(a, networkOf(b)) && !contains(b, ipv4(subnet.split('/')[0]!))) continue;
      return { ...row, status: isKind ? 'failure' : 'warning', detail: `${name} (${subnet}) overlaps ${own} of the cluster`, action: isKind ? `When no kind cluster runs: ${engine.name} network rm kind, then ${engine.name} network create --subnet 172.18.0.0/16 kind.` : 'Addresses in that range will not be reached from pods.' };
    }
  }
  return { ...row, status: 'ok', detail: `${POD_SUBNET} and ${SERVICE_SUBNET} are free` };
}

async function platform(info: EngineInfo): Promise<DoctorRow | undefined> {
  const isWsl = /microsoft/i.test(await readFile('/proc/version', 'utf8').catch(() => ''));
  const isDesktop = process.platform === 'darwin' || /desktop|orbstack/i.test(info.operatingSystem);
  if (!isWsl && !isDesktop) return undefined;
  return { id: 'platform', title: isWsl ? 'WSL' : 'Docker Desktop', status: 'warning', detail: 'addresses of nodes cannot be reached from this machine', action: 'Work on nodes with ssh from the lab\'s shell, and reach Services with kubectl port-forward.' };
}

function proxies(tools: Tools): DoctorRow | undefined {
  const isSet = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'].some((name) => tools.env[name]);
  if (!isSet) return undefined;
  const without = `${tools.env['NO_PROXY'] ?? ''},${tools.env['no_proxy'] ?? ''}`;
  const missing = [POD_SUBNET, SERVICE_SUBNET].filter((range) => !without.includes(range));
  const row = { id: 'proxy', title: 'HTTP proxy' };
  return missing.length === 0 ? { ...row, status: 'ok', detail: 'set, and not for the cluster' } : { ...row, status: 'warning', detail: 'set, also for addresses of the cluster', action: `export NO_PROXY=$NO_PROXY,${missing.join(',')}` };
}

async function firewall(tools: Tools): Promise<DoctorRow | undefined> {
  if (!findProgram('firewall-cmd', tools.env['PATH'])) return undefined;
  const { stdout } = await tools.run('firewall-cmd', ['--state'], { timeoutMs: 5_000 });
  return stdout.trim() === 'running' ? { id: 'firewalld', title: 'firewalld', status: 'warning', detail: 'running: it may drop packets between nodes', action: 'If the network probe fails, see "Fedora and firewalld" in kind\'s known issues.' } : undefined;
}
