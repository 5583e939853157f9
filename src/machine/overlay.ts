/**
 * An overlay: a lower directory that is never written, an upper one that takes every change, and the union of both.
 * Knows nothing of images. See Documentation/filesystems/overlayfs.rst.
 *
 * Differs from Linux: the work directory is not used, and changes made to the upper or lower directory behind the
 * overlay's back are seen only where the overlay has not looked yet; Linux calls the result undefined.
 */
import { FileSystem } from './files.ts';
import type { DirectoryInode, Inode } from './inode.ts';
import { Tree } from './tree.ts';

export interface Layer {
  readonly inode: DirectoryInode;
  /** The same directory, made fit to be changed. */
  change(): DirectoryInode;
}

/** @param lower the topmost first, as in `lowerdir=` */
export function overlay(lower: readonly Layer[], upper: Layer | undefined, time: () => number): FileSystem {
  const below = lower.toReversed().reduce<DirectoryInode | undefined>((sum, layer) => (sum ? union(sum, layer.inode) : layer.inode), undefined)!;
  const root = upper ? union(below, upper.inode) : below;
  const tree = new Tree({ ...root, entries: new Map(root.entries), owner: {} }, {
    entriesOf: (path, entries) => (upper ? new CopyUp(entries, path, upper, below) : new Map(entries)),
  });
  tree.readonly = upper === undefined;
  return new FileSystem({}, { tree, viewer: { uid: 0, gid: 0 }, time: { now: time } });
}

/** Directories merge; of two files with one name the upper one is seen; a whiteout hides. */
function union(lower: DirectoryInode, upper: DirectoryInode): DirectoryInode {
  const entries = new Map(lower.entries);
  for (const [name, inode] of upper.entries) {
    const hidden = lower.entries.get(name);
    if (isWhiteout(inode)) entries.delete(name);
    else entries.set(name, inode.type === 'directory' && hidden?.type === 'directory' ? union(hidden, inode) : inode);
  }
  // Its owner is nobody: whoever changes the union copies it first.
  return { ...upper, entries, owner: {} };
}

const isWhiteout = (inode: Inode): boolean => inode.type === 'device' && inode.device === 'whiteout';

/** The entries of a directory of the union: what changes here changes in the upper directory, too. */
class CopyUp extends Map<string, Inode> {
  readonly #mirrored: boolean;

  constructor(
    entries: ReadonlyMap<string, Inode>,
    private readonly path: string,
    private readonly upper: Layer,
    private readonly below: DirectoryInode,
  ) {
    super();
    for (const [name, inode] of entries) super.set(name, inode);
    this.#mirrored = true;
  }

  override set(name: string, inode: Inode): this {
    super.set(name, inode);
    if (this.#mirrored) {
      const above = upperDirectory(this.upper, this.path);
      const there = above.entries.get(name);
      const hides = inode.type === 'directory' && inodeAt(this.below, `${this.path}/${name}`)?.type === 'directory';
      // What is new is in both. Over a directory from below stands one that holds only what changes, change by change.
      if (!hides) above.entries.set(name, inode);
      else if (there?.type !== 'directory') above.entries.set(name, { ...inode, entries: new Map(), owner: above.owner });
    }
    return this;
  }

  override delete(name: string): boolean {
    const existed = super.delete(name);
    if (existed) {
      const above = upperDirectory(this.upper, this.path);
      const hidden = inodeAt(this.below, `${this.path}/${name}`) !== undefined;
      if (hidden) above.entries.set(name, { type: 'device', device: 'whiteout', ino: 1, mode: 0, uid: 0, gid: 0, mtimeMs: 0, links: 1, owner: above.owner });
      else above.entries.delete(name);
    }
    return existed;
  }
}

function upperDirectory(upper: Layer, path: string): DirectoryInode {
  let here = upper.change();
  for (const name of path.split('/')) {
    if (name === '') continue;
    let child = here.entries.get(name);
    if (child?.type !== 'directory') {
      child = { type: 'directory', entries: new Map(), ino: 1, mode: 0o755, uid: 0, gid: 0, mtimeMs: here.mtimeMs, links: 2, owner: here.owner };
      here.entries.set(name, child);
    } else if (child.owner !== here.owner) {
      child = { ...child, entries: new Map(child.entries), owner: here.owner };
      here.entries.set(name, child);
    }
    here = child;
  }
  return here;
}

function inodeAt(root: DirectoryInode, path: string): Inode | undefined {
  let here: Inode | undefined = root;
  for (const name of path.split('/')) {
    if (name === '') continue;
    if (here?.type !== 'directory') return undefined;
    here = here.entries.get(name);
  }
  return here;
}
