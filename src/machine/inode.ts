/**
 * What a directory entry points at. Inodes of ordinary files and directories may be shared by many file systems (image
 * layers): `owner` says which one may change them in place; all others copy first (see `tree.ts`).
 */
import type { Tree } from './tree.ts';

/** Who looks: permissions depend on it, and so does what `/proc/self` means. */
export interface Viewer {
  readonly uid: number;
  readonly gid: number;
  readonly pid?: number | undefined;
}

export interface Meta {
  ino: number;
  /** Permission bits only, `0o644`. */
  mode: number;
  uid: number;
  gid: number;
  mtimeMs: number;
  links: number;
  owner: object;
}

export interface FileInode extends Meta {
  type: 'file';
  content: string;
}

export interface DirectoryInode extends Meta {
  type: 'directory';
  entries: Map<string, Inode>;
  /** A directory whose entries are computed, as `/proc` is; `entries` stays empty. */
  computed?: { names(viewer: Viewer): readonly string[]; get(name: string, viewer: Viewer): Inode | undefined } | undefined;
}

export interface SymlinkInode extends Meta {
  type: 'symlink';
  target: string | ((viewer: Viewer) => string);
  /** Leads into another mount namespace, whatever the target reads: /proc/PID/root. */
  into?: (() => Entrance | undefined) | undefined;
}

/** Where a walk goes on in other files than those that it began in. */
export interface Entrance {
  readonly tree: Tree;
  readonly root: string;
}

/** A character device; what reading and writing it does is decided in `open.ts`. */
export interface DeviceInode extends Meta {
  type: 'device';
  device: DeviceName;
}

/** A file whose content is computed when read and acted upon when written, as in `/proc/sys`. */
export interface VirtualInode extends Meta {
  type: 'virtual';
  read(viewer: Viewer): string;
  write?: ((bytes: string, viewer: Viewer) => void) | undefined;
}

export type Inode = FileInode | DirectoryInode | SymlinkInode | DeviceInode | VirtualInode;
export type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'urandom' | 'tty' | 'ptmx' | 'console' | 'whiteout';

/** Major and minor numbers, as `ls -l /dev` prints them. */
export const DEVICE_NUMBERS: Readonly<Record<DeviceName, readonly [number, number]>> = {
  null: [1, 3], zero: [1, 5], full: [1, 7], random: [1, 8], urandom: [1, 9], tty: [5, 0], ptmx: [5, 2], console: [5, 1], whiteout: [0, 0],
};

/** May this viewer do this (4 read, 2 write, 1 execute or search)? Root may, except execute what nobody can execute. */
export function permits(inode: Meta & { type: string }, viewer: Viewer, want: 4 | 2 | 1): boolean {
  if (viewer.uid === 0) return want !== 1 || inode.type === 'directory' || (inode.mode & 0o111) !== 0;
  const shift = inode.uid === viewer.uid ? 6 : inode.gid === viewer.gid ? 3 : 0;
  return ((inode.mode >> shift) & want) !== 0;
}
