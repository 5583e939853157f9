/**
 * `/proc` of a machine: processes, the kernel's knobs, the network's tables. Everything is read from the live thing.
 * See proc(5). What is not here does not exist, as in a kernel built without it.
 */
import { capabilityMask } from './capabilities.ts';
import { type ComputedNode, computedFiles, entriesOf } from './computed-files.ts';
import type { FileSystem } from './files.ts';
import type { Viewer } from './inode.ts';
import type { Machine } from './machine.ts';
import { procNet } from './proc-net.ts';
import { sysctlEntries } from './proc-sys.ts';
import { namespaceLinks } from './namespace-links.ts';
import type { Task } from './processes.ts';
import { SIGNAL_NUMBERS, type SignalName } from './program.ts';

export function procFiles(machine: Machine): FileSystem {
  const taskOf = (viewer: Viewer): Task | undefined => (viewer.pid === undefined ? undefined : machine.processes.get(viewer.pid));
  const netnsOf = (viewer: Viewer) => taskOf(viewer)?.options.netns ?? machine.netns;
  const fixed: Readonly<Record<string, ComputedNode | ((viewer: Viewer) => string)>> = {
    cmdline: () => 'BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro console=ttyS0\n',
    cpuinfo: () => cpuinfo(machine.cpus),
    filesystems: () => ['nodev\tsysfs', 'nodev\ttmpfs', 'nodev\tproc', 'nodev\tcgroup2', '\text4', 'nodev\toverlay'].join('\n') + '\n',
    loadavg: () => `0.00 0.00 0.00 1/${machine.processes.list().length} ${machine.processes.list().at(-1)?.pid ?? 0}\n`,
    meminfo: () => meminfo(machine.memoryBytes),
    modules: () => [...machine.modules].map((name) => `${name} 16384 0 - Live 0x0000000000000000\n`).join(''),
    mounts: { link: () => 'self/mounts' },
    net: { link: () => 'self/net' },
    self: { link: (viewer) => String(viewer.pid ?? 1) },
    sys: { entries: (viewer) => sysctlEntries(machine, netnsOf(viewer)) },
    uptime: () => {
      const seconds = (machine.clock.now() - machine.bootedAtMs) / 1000;
      return `${seconds.toFixed(2)} ${(seconds * machine.cpus).toFixed(2)}\n`;
    },
    version: () => `Linux version ${machine.kernelRelease} (buildd@lcy02-amd64-059) #1 SMP PREEMPT_DYNAMIC\n`,
  };
  const fixedEntries = entriesOf(fixed);
  return computedFiles(() => machine.clock.unixMs(), () => {
    const entries = new Map<string, ComputedNode>();
    for (const task of machine.processes.list()) {
      const pid = machine.processes.pidOf(task)!;
      entries.set(String(pid), { entries: () => taskEntries(machine, task, pid) });
    }
    for (const [name, node] of fixedEntries) entries.set(name, node);
    return entries;
  });
}

function taskEntries(machine: Machine, task: Task, pid: number): ReadonlyMap<string, ComputedNode> {
  const { files, env, netns } = task.options;
  return entriesOf({
    cgroup: () => '0::/\n',
    cmdline: () => task.argv.map((word) => `${word}\0`).join(''),
    comm: () => `${task.comm}\n`,
    cwd: { link: () => task.options.cwd },
    environ: () => [...env].map(([name, value]) => `${name}=${value}\0`).join(''),
    exe: { link: () => task.argv[0] ?? '' },
    fd: { entries: () => descriptors(task) },
    mounts: () => mountTable(files),
    net: { entries: () => procNet(netns) },
    ns: { entries: () => new Map(namespaceLinks(task).map(([name, link]) => [name, { link: () => link }])) },
    root: { link: () => task.options.files.root, into: () => task.options.files.entrance },
    stat: () => `${pid} (${task.comm}) S ${task.parentPid(machine.processes)} ${task.group} ${task.group} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${Math.round((task.options.startedAtMs - machine.bootedAtMs) / 10)}\n`,
    status: () => status(machine, task, pid),
  });
}

function descriptors(task: Task): ReadonlyMap<string, ComputedNode> {
  const { terminal } = task.options;
  return new Map(['0', '1', '2'].map((fd) => [fd, { link: () => (terminal ? `/dev/${terminal.name}` : `pipe:[${task.pid}${fd}]`) }]));
}

/** The lines of /proc/mounts, the root's own first. */
export function mountTable(files: FileSystem): string {
  return mountList(files).map((mount) => `${mount.source} ${mount.path} ${mount.type} ${mount.options} 0 0\n`).join('');
}

/** What is mounted where, the root first, with its options in the kernel's words. */
export function mountList(files: FileSystem): readonly { readonly source: string; readonly path: string; readonly type: string; readonly options: string }[] {
  const flags = (readonly: boolean, words: string) => `${readonly ? 'ro' : 'rw'},relatime${words === '' ? '' : `,${words}`}`;
  return [
    { source: 'overlay', path: '/', type: 'overlay', options: flags(files.readonly, '') },
    ...files.mounts().map(({ source, path, type, readonly, words }) => ({ source, path, type, options: flags(readonly, words) })),
  ];
}

function status(machine: Machine, task: Task, pid: number): string {
  const { uid, gid } = task.options.user;
  const bounds = task.options.machine.capabilities;
  // Whoever is not root has none, since no file here grants any.
  const capabilities = capabilityMask(uid === 0 ? bounds : new Set());
  const mask = (signals: readonly SignalName[]) => signals.reduce((sum, signal) => sum | (1n << BigInt(SIGNAL_NUMBERS[signal] - 1)), 0n).toString(16).padStart(16, '0');
  return [
    `Name:\t${task.comm}`, 'Umask:\t0022', 'State:\tS (sleeping)', `Tgid:\t${pid}`, 'Ngid:\t0', `Pid:\t${pid}`, `PPid:\t${task.parentPid(machine.processes)}`, 'TracerPid:\t0',
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`, `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`, 'Threads:\t1',
    `SigIgn:\t${mask(task.ignored)}`, `SigCgt:\t${mask(task.caught)}`,
    'CapInh:\t0000000000000000', `CapPrm:\t${capabilities}`, `CapEff:\t${capabilities}`, `CapBnd:\t${capabilityMask(bounds)}`, 'CapAmb:\t0000000000000000', '',
  ].join('\n');
}

function meminfo(bytes: number): string {
  const kib = Math.floor(bytes / 1024);
  const row = (name: string, value: number) => `${`${name}:`.padEnd(15)}${String(Math.floor(value)).padStart(9)} kB\n`;
  // Differs from Linux: programs have no memory of their own here, so a fixed quarter counts as used.
  return row('MemTotal', kib) + row('MemFree', kib / 2) + row('MemAvailable', (kib * 3) / 4) + row('Buffers', kib / 32) + row('Cached', kib / 4) + row('SwapTotal', 0) + row('SwapFree', 0);
}

function cpuinfo(cpus: number): string {
  return Array.from({ length: cpus }, (_, index) => `processor\t: ${index}\nvendor_id\t: GenuineIntel\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2500.000\ncpu cores\t: ${cpus}\n\n`).join('');
}
