/**
 * One tree of inodes and what is mounted over it; several file systems may begin as the same tree and copy what they
 * change (image layers). Finds places by path; knows nothing of permissions beyond searching directories.
 * The rules of a walk are those of path_resolution(7).
 */
import { FileError } from './file-error.ts';
import { type DirectoryInode, type Inode, type Viewer, permits } from './inode.ts';

export interface Mount {
  readonly tree: Tree;
  /** The place inside the mounted tree that appears here: a directory, or a single file (a subPath). */
  readonly root: string;
  readonly readonly: boolean;
  readonly type: string;
  readonly source: string;
  readonly words: string;
}

/** A place found by a walk. `chain` holds the trees crossed by mounts, outermost first, with the path inside each. */
export interface Place {
  readonly path: string;
  readonly chain: readonly { readonly tree: Tree; readonly path: string }[];
  readonly readonly: boolean;
  /** Absent when the last name does not exist in an existing directory. */
  readonly inode: Inode | undefined;
  readonly parent: Place | undefined;
  readonly name: string;
}

export const join = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);

/** What the mount namespaces that see a tree have in common: its inodes, and whose they are. */
interface Shared {
  root: DirectoryInode;
  owner: object;
  nextIno: number;
}

export class Tree {
  readonly mounts: Map<string, Mount>;
  readonly: boolean;
  readonly #shared: Shared;
  /** How a directory is copied before it changes: an overlay's copy also changes the upper directory. */
  readonly #entriesOf: (path: string, entries: ReadonlyMap<string, Inode>) => Map<string, Inode>;

  constructor(root?: DirectoryInode, options: { readonly entriesOf?: (path: string, entries: ReadonlyMap<string, Inode>) => Map<string, Inode>; readonly fork?: Tree } = {}) {
    const owner = {};
    const { fork } = options;
    this.mounts = new Map(fork?.mounts);
    this.readonly = fork?.readonly ?? false;
    this.#shared = fork ? fork.#shared : { root: root ?? { type: 'directory', entries: new Map(), ino: 1, mode: 0o755, uid: 0, gid: 0, mtimeMs: 0, links: 2, owner }, owner, nextIno: 2 };
    this.#entriesOf = fork ? fork.#entriesOf : (options.entriesOf ?? ((_path, entries) => new Map(entries)));
  }

  get root(): DirectoryInode {
    return this.#shared.root;
  }

  get owner(): object {
    return this.#shared.owner;
  }

  /** A tree that shares all of this one's inodes until either of them changes one. */
  clone(): Tree {
    const copy = new Tree(this.root);
    copy.#shared.nextIno = this.#shared.nextIno;
    this.#shared.owner = {};
    return copy;
  }

  /** The same files for good, but from now on other mounts: a new mount namespace. */
  fork(): Tree {
    return new Tree(undefined, { fork: this });
  }

  nextIno(): number {
    return this.#shared.nextIno++;
  }

  /** The inode at a path without symbolic links, made this tree's own so that it may be changed. */
  own(path: string): Inode {
    if (this.root.owner !== this.owner) this.#shared.root = { ...this.root, entries: this.#entriesOf('/', this.root.entries), owner: this.owner };
    let here: Inode = this.root;
    let at = '';
    for (const name of path.split('/')) {
      if (name === '') continue;
      at += `/${name}`;
      if (here.type !== 'directory') throw new FileError('ENOTDIR', path);
      const child: Inode | undefined = here.computed ? undefined : here.entries.get(name);
      if (!child) throw new FileError('ENOENT', path);
      if (child.owner === this.owner) {
        here = child;
        continue;
      }
      const copy: Inode = child.type === 'directory' ? { ...child, entries: this.#entriesOf(at, child.entries), owner: this.owner } : { ...child, owner: this.owner };
      here.entries.set(name, copy);
      here = copy;
    }
    return here;
  }
}

/** Most symbolic links that one walk follows, as MAXSYMLINKS. */
const MOST_LINKS = 40;

/**
 * Walk an absolute path. @param follow whether a symbolic link in the last place is followed
 * @param root where `/` is, for a process that `chroot` has locked up: `..` leads no higher
 * @throws FileError ENOENT when a directory on the way is missing; a missing last name is a `Place` without inode
 */
export function walk(tree: Tree, path: string, viewer: Viewer, follow: boolean, root = '/'): Place {
  const top = rootAt(tree, root);
  let links = 0;
  let names = path.split('/');
  let place = top;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (name === '' || name === '.') {
      // A trailing slash demands a directory.
      if (i === names.length - 1 && i > 0 && place.inode && place.inode.type !== 'directory') throw new FileError('ENOTDIR', path);
      continue;
    }
    if (!place.inode) throw new FileError('ENOENT', path);
    if (place.inode.type !== 'directory') throw new FileError('ENOTDIR', path);
    if (!permits(place.inode, viewer, 1)) throw new FileError('EACCES', path);
    if (name === '..') {
      place = place.parent ?? place;
      continue;
    }
    const next = step(place, name, viewer);
    if (next.inode?.type === 'symlink' && (follow || i < names.length - 1)) {
      if (++links > MOST_LINKS) throw new FileError('ELOOP', path);
      const entrance = next.inode.into?.();
      if (entrance && entrance.tree !== tree) {
        place = { ...rootAt(entrance.tree, entrance.root), path: next.path, parent: place, name };
        continue;
      }
      const target = typeof next.inode.target === 'function' ? next.inode.target(viewer) : next.inode.target;
      names = [...target.split('/'), ...names.slice(i + 1)];
      if (target.startsWith('/')) place = top;
      i = -1;
      continue;
    }
    place = next;
  }
  return place;
}

function rootOf(tree: Tree): Place {
  return { path: '/', chain: [{ tree, path: '/' }], readonly: tree.readonly, inode: tree.root, parent: undefined, name: '' };
}

function rootAt(tree: Tree, root: string): Place {
  if (root === '/') return rootOf(tree);
  const place = walk(tree, root, { uid: 0, gid: 0 }, true);
  return { ...place, path: '/', parent: undefined, name: '' };
}

function step(from: Place, name: string, viewer: Viewer): Place {
  const path = join(from.path, name);
  // An outer mount hides an inner one: a ConfigMap mounted into an emptyDir is the container's business, not the volume's.
  for (const [depth, link] of from.chain.entries()) {
    const mount = link.tree.mounts.get(join(link.path, name));
    if (!mount) continue;
    const chain = [...from.chain.slice(0, depth), { tree: link.tree, path: join(link.path, name) }, { tree: mount.tree, path: mount.root }];
    return { path, chain, readonly: mount.readonly || mount.tree.readonly, inode: at(mount.tree, mount.root), parent: from, name };
  }
  const chain = from.chain.map((link) => ({ tree: link.tree, path: join(link.path, name) }));
  const directory = from.inode as DirectoryInode;
  const inode = directory.computed ? directory.computed.get(name, viewer) : directory.entries.get(name);
  return { path, chain, readonly: from.readonly, inode, parent: from, name };
}

/** The inode at a path without symbolic links. */
function at(tree: Tree, path: string): Inode | undefined {
  let here: Inode | undefined = tree.root;
  for (const name of path.split('/')) {
    if (name === '') continue;
    if (here?.type !== 'directory') return undefined;
    here = here.entries.get(name);
  }
  return here;
}
