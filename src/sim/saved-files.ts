/**
 * What somebody changed in a machine's files, against the image that it began as; and the same changes made again on a
 * fresh one. Inodes that were not touched are still the image's own, so an untouched folder costs one comparison.
 * Knows no units and no network.
 *
 * Differs from Linux: a file of more than a mebibyte is not kept, since all of them are written with every change of the cluster.
 */
import type { Inode } from '../machine/inode.ts';
import type { FileSystem } from '../machine/files.ts';

/** A file, a directory or a symbolic link that the image does not have like this. */
export interface SavedFile {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** A file's bytes, a link's target. */
  readonly content?: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
}

export interface SavedFiles {
  readonly changed: readonly SavedFile[];
  /** In the image, and no longer there. */
  readonly removed: readonly string[];
  /** What the machine's maker had written on top of the image: whatever of it is not there any more, somebody removed. */
  readonly made?: readonly string[];
}

/** Made anew when a machine starts (kernel, runtime, logs of containers that are gone), or of pods that start anew. */
const NOT_KEPT = new Set(['/proc', '/sys', '/dev', '/run', '/var/lib/kubelet/pods', '/var/log/pods', '/var/log/containers', '/var/lib/containerd', '/var/lib/cni']);

const MOST_BYTES = 1024 * 1024;

export function changesSince(image: FileSystem, files: FileSystem): SavedFiles {
  const changed: SavedFile[] = [];
  const removed: string[] = [];
  const look = (path: string, before: Inode | undefined, now: Inode | undefined): void => {
    if (before === now || NOT_KEPT.has(path)) return;
    if (!now) return void removed.push(path);
    const saved = savedFile(path, now);
    if (saved && (saved.content?.length ?? 0) <= MOST_BYTES && !isAlike(saved, before && savedFile(path, before))) changed.push(saved);
    if (now.type !== 'directory') return;
    const old = before?.type === 'directory' ? before.entries : new Map<string, Inode>();
    for (const name of new Set([...old.keys(), ...now.entries.keys()])) look(path === '/' ? `/${name}` : `${path}/${name}`, old.get(name), now.entries.get(name));
  };
  look('/', image.directory('/').inode, files.directory('/').inode);
  return { changed, removed };
}

/** A machine as its maker left it becomes what was saved. */
export function changeAgain(files: FileSystem, { changed, removed, made = [] }: SavedFiles): void {
  const kept = new Set(changed.map(({ path }) => path));
  // A maker of today may write more than the one of then, before an update: that is new here, and stays.
  const unwanted = made.filter((path) => !kept.has(path));
  for (const path of [...removed, ...unwanted]) if (files.exists(path)) files.remove(path, { recursive: true });
  for (const file of changed) write(files, file);
}

/** What stands on a machine that was just made, beyond its image. */
export const madeOnTop = (image: FileSystem, files: FileSystem): readonly string[] => changesSince(image, files).changed.map(({ path }) => path);

function write(files: FileSystem, { path, type, content = '', mode, uid, gid, mtimeMs }: SavedFile): void {
  if (type === 'symlink') {
    if (path !== '/' && exists(files, path)) files.remove(path, { recursive: true });
    return files.symlink(content, path);
  }
  if (type === 'directory') files.mkdir(path, { recursive: true, mode });
  else files.write(path, content, { mode });
  files.chmod(path, mode);
  files.chown(path, uid, gid);
  files.utimes(path, mtimeMs);
}

function exists(files: FileSystem, path: string): boolean {
  try {
    files.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Devices and computed files are the kernel's. */
function savedFile(path: string, inode: Inode): SavedFile | undefined {
  const { mode, uid, gid, mtimeMs } = inode;
  switch (inode.type) {
    case 'file': return { path, type: 'file', content: inode.content, mode, uid, gid, mtimeMs };
    case 'symlink': return typeof inode.target === 'string' ? { path, type: 'symlink', content: inode.target, mode, uid, gid, mtimeMs } : undefined;
    case 'directory': return inode.computed ? undefined : { path, type: 'directory', mode, uid, gid, mtimeMs };
    case 'device':
    case 'virtual': return undefined;
  }
}

/** A directory changes with every name in it: only who owns it and what it permits is worth keeping. */
function isAlike(one: SavedFile, other: SavedFile | undefined): boolean {
  if (!other || one.type !== other.type || one.mode !== other.mode || one.uid !== other.uid || one.gid !== other.gid) return false;
  return one.type === 'directory' || (one.content === other.content && one.mtimeMs === other.mtimeMs);
}
