/**
 * mount, umount, mountpoint: put a file system somewhere in the tree. Types: proc, sysfs, tmpfs, overlay, and binding what
 * is there already. See mount(8).
 */
import { FileError } from '../../machine/file-error.ts';
import { FileSystem } from '../../machine/files.ts';
import { overlay } from '../../machine/overlay.ts';
import { mountList, procFiles } from '../../machine/proc-files.ts';
import { sysFiles } from '../../machine/sys-files.ts';
import { type Tool, reason, tool } from './tool.ts';

export const mount = tool({
  name: 'mount', short: 'at:o:rwvnlBR', gnuOnly: 'lBR', long: { bind: 'B', rbind: 'R', all: 'a', types: 't', options: 'o', 'read-only': 'r', 'read-write': 'w', rw: 'w', ro: 'r', verbose: 'v', 'no-mtab': 'n', 'show-labels': 'l', 'make-private': 'propagation', 'make-rprivate': 'propagation', 'make-shared': 'propagation', 'make-rshared': 'propagation', 'make-slave': 'propagation', 'make-rslave': 'propagation' },
  absent: ['f', 'fake', 'F', 'i', 'U', 'uuid', 'L', 'label', 'T', 'fstab', 'M', 'move', 'N', 'namespace', 'O', 's', 'target', 'source', 'mkdir'],
  withoutEffect: { n: 'there is no mtab', l: 'no file system here has a label' },
  async run(t) {
    const { files, user, machine } = t.process;
    if (t.operands.length === 0 && !t.has('a')) return await list(t);
    const given = t.value('o')?.split(',') ?? [];
    // `mount -o remount,ro /mnt`: what is there already needs no source.
    const [source = '', target] = t.operands.length === 1 && given.includes('remount') ? ['none', t.operands[0]] : t.operands;
    if (t.gnu && t.operands.length > 2) return await t.usage('bad usage');
    // A container lacks CAP_SYS_ADMIN.
    if (user.uid !== 0 || !machine.privileged) {
      await t.complain(t.gnu ? `${target ?? source}: permission denied.` : `permission denied (are you root?)`);
      return t.gnu ? 32 : 1;
    }
    const options = new Map(given.filter((word) => word !== '').map((word) => [word.split('=')[0]!, word.slice(word.indexOf('=') + 1)] as const));
    // Every mount namespace is private here, so there is nothing to change.
    if (t.has('propagation') && target === undefined) return 0;
    if (target === undefined) {
      if (t.has('a')) return 0;
      await t.complain(t.gnu ? `${source}: can't find in /etc/fstab.` : `can't find ${source} in /etc/fstab`);
      return 1;
    }
    const readonly = t.last('rw') === 'w' ? false : t.has('r') || options.has('ro');
    if (!files.exists(t.path(target))) return await failed(t, source, target, 'mount point does not exist.', 'No such file or directory');
    const path = files.realpath(t.path(target));
    if (options.has('remount')) {
      const there = files.mounts().find((one) => one.path === path);
      if (!there) return await failed(t, source, target, 'mount point not mounted or bad option.', 'Invalid argument');
      files.mount(path, files, { root: path, readonly, source: there.source, type: there.type });
      return 0;
    }
    if (t.has('B') || t.has('R') || options.has('bind') || options.has('rbind')) {
      if (!files.exists(t.path(source))) return await failed(t, source, target, `special device ${source} does not exist.`, 'No such file or directory');
      files.mount(path, files, { root: files.realpath(t.path(source)), readonly, source, type: 'none' });
      return 0;
    }
    const type = t.value('t') ?? '';
    try {
      const made = make(t, type, options);
      if (!made) return await failed(t, source, target, type === '' || type === 'ext4' ? (source.startsWith('/dev/') && files.exists(source) ? 'not a block device.' : `special device ${source} does not exist.`) : `unknown filesystem type '${type}'.`, type === 'ext4' ? 'No such file or directory' : 'No such device');
      files.mount(path, made, { readonly: readonly || made.readonly, source, type, words: type === 'overlay' ? LAYERS.flatMap((name) => (options.has(name) ? [`${name}=${options.get(name)}`] : [])).join(',') : '' });
      if (t.has('v')) await t.write(`mount: ${source} mounted on ${target}.\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return await failed(t, source, target, error.code === 'EINVAL' ? `wrong fs type, bad option, bad superblock on ${source}, missing codepage or helper program, or other error.` : `special device ${source} does not exist.`, error.message);
    }
  },
});

/** What an overlay shows of itself in /proc/mounts. */
const LAYERS = ['lowerdir', 'upperdir', 'workdir'];

/** A file system of this type; undefined when the kernel has none. */
function make(t: Tool, type: string, options: ReadonlyMap<string, string>): FileSystem | undefined {
  const { machine, files } = t.process;
  switch (type) {
    case 'proc': return procFiles(machine);
    case 'sysfs': return sysFiles(machine);
    case 'tmpfs': case 'ramfs': return new FileSystem({ now: () => machine.clock.unixMs() });
    case 'overlay': {
      const lower = options.get('lowerdir');
      const upper = options.get('upperdir');
      if (lower === undefined || (upper !== undefined && !options.has('workdir'))) throw new FileError('EINVAL', 'overlay');
      if (upper !== undefined) files.directory(t.path(options.get('workdir')!));
      return overlay(lower.split(':').map((path) => files.directory(t.path(path))), upper === undefined ? undefined : files.directory(t.path(upper)), () => machine.clock.unixMs());
    }
    default: return undefined;
  }
}

async function list(t: Tool): Promise<number> {
  const { files } = t.process;
  const kind = t.value('t');
  for (const { path, source, type, options } of mountList(files)) if (kind === undefined || kind === type) await t.write(`${source} on ${path} type ${type} (${options})\n`);
  return 0;
}

async function failed(t: Tool, source: string, target: string, gnu: string, busybox: string): Promise<number> {
  await t.complain(t.gnu ? `${target}: ${gnu}\n       dmesg(1) may have more information after failed mount system call.` : `mounting ${source} on ${target} failed: ${busybox}`);
  return t.gnu ? 32 : 255;
}

export const umount = tool({
  name: 'umount', short: 'lfv', long: { lazy: 'l', force: 'f', verbose: 'v' }, absent: ['a', 'all', 'r', 'read-only', 'R', 'recursive', 't', 'types', 'n', 'O', 'c', 'd', 'i', 'A', 'all-targets', 'q', 'quiet'],
  withoutEffect: { l: 'nothing keeps a mount busy', f: 'nothing keeps a mount busy' },
  async run(t) {
    if (t.operands.length === 0) return await t.usage('bad usage');
    let status = 0;
    for (const operand of t.operands) {
      const { files, user, machine } = t.process;
      try {
        if (user.uid !== 0 || !machine.privileged) throw new FileError('EPERM', operand);
        if (!files.exists(t.path(operand))) throw new FileError('ENOENT', operand);
        files.unmount(t.path(operand));
        if (t.has('v')) await t.write(t.gnu ? `umount: ${operand} unmounted\n` : '');
      } catch (error) {
        const words = reason(error);
        await t.complain(t.gnu ? (words === 'Invalid argument' ? `${operand}: not mounted.` : words === 'Operation not permitted' ? `${operand}: must be superuser to unmount.` : `${operand}: no mount point specified.`) : `can't unmount ${operand}: ${words}`);
        status = t.gnu ? 32 : 1;
      }
    }
    return status;
  },
});

export const mountpoint = tool({
  name: 'mountpoint', short: 'q', long: { quiet: 'q' }, absent: ['d', 'fs-devno', 'x', 'devno', 'nofollow'],
  async run(t) {
    const { files } = t.process;
    const [operand] = t.operands;
    if (operand === undefined) return await t.usage('bad usage');
    if (!files.exists(t.path(operand))) {
      if (!t.has('q')) await t.complain(`${operand}: No such file or directory`);
      return 1;
    }
    const path = files.realpath(t.path(operand));
    const is = path === '/' || files.mounts().some((one) => one.path === path);
    if (!t.has('q')) await t.write(`${operand} is ${is ? '' : 'not '}a mountpoint\n`);
    return is ? 0 : t.gnu ? 32 : 1;
  },
});
