/**
 * What a kind cluster needs of the machine under its engine: memory, processors, disk, kernel. The machine may be a
 * virtual one: then only the engine knows it. Looks only. One row per function, long for its breadth.
 * No row about ports: the API server of a kind cluster is given any that is free, on 127.0.0.1.
 */
import { existsSync, realpathSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterSpec } from './cluster.ts';
import type { DoctorRow } from './doctor.ts';
import type { Engine, EngineInfo } from './engine.ts';
import { findProgram } from './find-program.ts';
import { availableModules, IPVS_MODULES } from './modules.ts';
import { kubernetesMinor } from './pins.ts';
import type { Tools } from './tools.ts';

/** Where the kernel tells of itself. */
export interface KernelFolders {
  readonly proc: string;
  readonly lib: string;
}

export interface Machine {
  readonly info: EngineInfo;
  /** Is the engine's kernel this machine's? Otherwise what its files say is of no interest. */
  readonly isOwnKernel: boolean;
  readonly folders: KernelFolders;
  /** What is to be made: then some warnings are failures. */
  readonly spec?: ClusterSpec | undefined;
  readonly kindVersion?: readonly [number, number] | undefined;
}

const GIB = 2 ** 30;

/** Every row about the machine, in the order of their weight. */
export async function examineMachine(machine: Machine, engine: Engine): Promise<readonly DoctorRow[]> {
  const looked = await Promise.all([memory(machine), disk(machine), inotify(machine), ...modules(machine), init(engine), platform(machine)]);
  return [cgroups(machine), processors(machine), rootless(machine), snap(engine, engine.tools), storage(machine), ...looked].filter((row) => row !== undefined);
}

function cgroups({ info: { cgroupVersion }, kindVersion }: Machine): DoctorRow {
  const row = { id: 'cgroup', title: 'Control groups' };
  if (cgroupVersion === '' || cgroupVersion === '2') return { ...row, status: 'ok', detail: cgroupVersion === '' ? 'not told' : 'version 2' };
  const needed = kubernetesMinor(kindVersion) >= 35;
  return { ...row, status: needed ? 'failure' : 'warning', detail: `version ${cgroupVersion}, and Kubernetes 1.35 needs version 2`, action: 'Boot with systemd.unified_cgroup_hierarchy=1, or use a distribution of this decade.' };
}

async function memory({ info, isOwnKernel, folders, spec }: Machine): Promise<DoctorRow> {
  const row = { id: 'memory', title: 'Memory' };
  const available = /MemAvailable:\s+(\d+)/.exec(isOwnKernel ? await readFile(join(folders.proc, 'meminfo'), 'utf8').catch(() => '') : '')?.[1];
  const free = Math.min(info.memoryBytes || Infinity, available === undefined ? Infinity : Number(available) * 1024);
  if (free === Infinity) return { ...row, status: 'ok', detail: 'not told' };
  const detail = `${(free / GIB).toFixed(1)} GiB free for ${(spec?.workers ?? 2) + 1} nodes`;
  if (free < 3 * GIB) return { ...row, status: 'failure', detail: `${detail}, and 3 GiB are the least`, action: 'Close something, give the engine\'s virtual machine more, or use the simulator.' };
  return free < 4 * GIB ? { ...row, status: 'warning', detail, action: '4 GiB make it comfortable.' } : { ...row, status: 'ok', detail };
}

function processors({ info: { cpus } }: Machine): DoctorRow {
  const row = { id: 'cpu', title: 'Processors', detail: cpus === 0 ? 'not told' : String(cpus) };
  return cpus === 1 ? { ...row, status: 'warning', action: 'With two or more the cluster starts in half the time.' } : { ...row, status: 'ok' };
}

async function disk({ info: { rootFolder } }: Machine): Promise<DoctorRow | undefined> {
  const stats = await statfs(rootFolder).catch(() => undefined);
  if (!stats) return undefined;
  const free = (stats.bavail * stats.bsize) / GIB;
  const row = { id: 'engine-disk', title: 'Disk of the engine', detail: `${free.toFixed(0)} GiB free in ${rootFolder}` };
  if (free < 3) return { ...row, status: 'failure', action: 'Make room: images and nodes need some 5 GiB.' };
  return free < 10 ? { ...row, status: 'warning', action: 'Images and nodes need some 5 GiB: make room soon.' } : { ...row, status: 'ok' };
}

async function inotify({ isOwnKernel, folders }: Machine): Promise<DoctorRow | undefined> {
  if (!isOwnKernel) return undefined;
  const read = async (name: string) => Number(await readFile(join(folders.proc, 'sys/fs/inotify', name), 'utf8').catch(() => 'NaN'));
  const [watches, instances] = await Promise.all([read('max_user_watches'), read('max_user_instances')]);
  if (Number.isNaN(watches)) return undefined;
  const row = { id: 'inotify', title: 'File watches', detail: `${watches} watches, ${instances} instances` };
  return watches >= 524_288 && instances >= 512 ? { ...row, status: 'ok' } : { ...row, status: 'warning', action: 'If pods say "too many open files": sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512.' };
}

function modules({ isOwnKernel, folders, spec }: Machine): readonly Promise<DoctorRow>[] {
  const look = async (id: string, title: string, wanted: readonly string[], isNeeded: boolean, without: string): Promise<DoctorRow> => {
    const have = isOwnKernel ? await availableModules(wanted, folders) : undefined;
    if (!have) return { id, title, status: 'ok', detail: 'not known before a node tries' };
    const missing = wanted.filter((name) => !have.includes(name));
    if (missing.length === 0) return { id, title, status: 'ok', detail: 'the kernel has them' };
    return { id, title, status: isNeeded ? 'failure' : 'warning', detail: `the kernel has no ${missing.join(', ')}: ${without}`, action: `Try: sudo modprobe -a ${missing.join(' ')}.` };
  };
  return [
    look('module-vxlan', 'Kernel module for tunnels', ['vxlan'], spec !== undefined, 'neither Calico nor Flannel gets packets to other nodes'),
    look('module-bridge', 'Kernel module for Flannel', ['br_netfilter'], spec?.cni === 'flannel', 'no Flannel'),
    look('module-ipvs', 'Kernel modules for IPVS', IPVS_MODULES, spec?.proxyMode === 'ipvs', 'labs on IPVS run on the simulator only'),
    look('module-nftables', 'Kernel module for nftables', ['nf_tables'], spec?.proxyMode === 'nftables', 'kube-proxy has no nftables mode'),
  ];
}

function rootless({ info, spec }: Machine): DoctorRow | undefined {
  if (!info.isRootless) return undefined;
  const row = { id: 'rootless', title: 'Rootless engine' };
  const action = 'Load modules on this machine beforehand (ip_tables iptable_nat br_netfilter), and see kind.sigs.k8s.io/docs/user/rootless.';
  return spec?.proxyMode === 'ipvs' ? { ...row, status: 'failure', detail: 'nodes cannot load modules: no IPVS', action } : { ...row, status: 'warning', detail: 'nodes cannot load modules; labs on IPVS run on the simulator only', action };
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

function storage({ info: { storageDriver, usesContainerdImageStore } }: Machine): DoctorRow {
  const row = { id: 'storage', title: 'Storage of the engine', detail: `${storageDriver || 'not told'}${usesContainerdImageStore ? ', containerd image store (images are loaded our own way)' : ''}` };
  return /btrfs|zfs/.test(storageDriver) ? { ...row, status: 'warning', action: 'kind works on it; see its known issues if nodes do not start.' } : { ...row, status: 'ok' };
}

async function platform({ info, folders }: Machine): Promise<DoctorRow | undefined> {
  const isWsl = /microsoft/i.test(await readFile(join(folders.proc, 'version'), 'utf8').catch(() => ''));
  const isDesktop = process.platform === 'darwin' || /desktop|orbstack/i.test(info.operatingSystem);
  if (!isWsl && !isDesktop) return undefined;
  return { id: 'platform', title: isWsl ? 'WSL' : 'Docker Desktop', status: 'warning', detail: 'addresses of nodes cannot be reached from this machine', action: 'Work on nodes with ssh from the lab\'s shell, and reach Services with kubectl port-forward.' };
}

