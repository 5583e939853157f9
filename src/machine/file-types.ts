/** What a file system is asked with and answers with: stat(2), mount(2), open(2). */
import type { DeviceName } from './inode.ts';

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'device';
  readonly size: number;
  /** Permission bits only. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  readonly ino: number;
  readonly links: number;
  readonly target?: string | undefined;
  readonly device?: DeviceName | undefined;
}

export interface MountOptions {
  readonly readonly?: boolean;
  readonly type?: string;
  readonly source?: string;
  /** What the type adds to `rw,relatime` where mounts are listed. */
  readonly words?: string;
  /** The place inside the mounted file system that appears at the mount point; it may be a single file. */
  readonly root?: string;
}

export interface OpenOptions {
  readonly write?: boolean;
  readonly append?: boolean;
  readonly truncate?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly mode?: number;
}
