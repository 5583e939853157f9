/**
 * A machine's files, as one process sees them: a tree with mounts, looked at by somebody. Cloning is cheap: thirty
 * containers of one image share its inodes until they change them. Knows nothing of open files' streams (`open.ts`).
 * Over 250 lines because the system calls on paths belong together: each is a few lines over `walk`.
 *
 * Differs from Linux: hard links part when a clone changes one of the names, because copies are made by path.
 */
import { FileError } from './file-error.ts';
import type { FileStat, MountOptions, OpenOptions } from './file-types.ts';
import { type DeviceName, type DirectoryInode, type Entrance, type FileInode, type Inode, type Viewer, permits } from './inode.ts';
import { OpenFile } from './open-file.ts';
import { type Mount, type Place, Tree, walk } from './tree.ts';

export { FileError, type FileErrorCode, strerror } from './file-error.ts';
export type { FileStat, MountOptions, OpenOptions } from './file-types.ts';
export type { Viewer } from './inode.ts';

const ROOT: Viewer = { uid: 0, gid: 0 };

export class FileSystem {
  readonly #tree: Tree;
  readonly #viewer: Viewer;
  readonly #time: { now: () => number };
  /** Where `/` is in the tree: elsewhere for a process that was put there with `chroot`. */
  readonly #root: string;

  /** @param now Unix milliseconds for modification times; a machine gives its clock when it takes the files over */
  constructor(options: { readonly now?: () => number } = {}, view?: { tree: Tree; viewer: Viewer; time: { now: () => number }; root?: string }) {
    this.#tree = view?.tree ?? new Tree();
    this.#viewer = view?.viewer ?? ROOT;
    this.#time = view?.time ?? { now: options.now ?? (() => 0) };
    this.#root = view?.root ?? '/';
  }

  /** From now on, modification times come from this clock. */
  keepTime(now: () => number): void {
    this.#time.now = now;
  }

  /** The same files looked at by somebody else. */
  as(viewer: Viewer): FileSystem {
    return new FileSystem({}, { tree: this.#tree, viewer, time: this.#time, root: this.#root });
  }

  /** The same files for somebody to whom this directory is `/`. See chroot(2). */
  chroot(path: string): FileSystem {
    const place = this.#walk(path, true);
    if (!place.inode) throw new FileError('ENOENT', path);
    if (place.inode.type !== 'directory') throw new FileError('ENOTDIR', path);
    return new FileSystem({}, { tree: this.#tree, viewer: this.#viewer, time: this.#time, root: place.chain[0]!.path });
  }

  /** A new mount namespace: the same files, from now on with mounts of its own. */
  fork(): FileSystem {
    return new FileSystem({}, { tree: this.#tree.fork(), viewer: this.#viewer, time: this.#time, root: this.#root });
  }

  /** The whole of the mount namespace, whatever `chroot` hid. */
  unlocked(): FileSystem {
    return new FileSystem({}, { tree: this.#tree, viewer: this.#viewer, time: this.#time });
  }

  /** Where somebody gets in who follows /proc/PID/root. */
  get entrance(): Entrance {
    return { tree: this.#tree, root: this.#root };
  }

  /** Where `/` is, seen from outside: /proc/PID/root. */
  get root(): string {
    return this.#root;
  }

  /** Tells mount namespaces apart. */
  get mountNamespace(): object {
    return this.#tree;
  }

  /** The directory itself, for file systems that are made of others. */
  directory(path: string): { readonly inode: DirectoryInode; readonly change: () => DirectoryInode } {
    const place = this.#walk(path, true);
    const { inode } = place;
    if (!inode) throw new FileError('ENOENT', path);
    if (inode.type !== 'directory') throw new FileError('ENOTDIR', path);
    return { inode, change: () => this.#own(place) as DirectoryInode };
  }

  /** The same content, from now on changing separately. Mounts are not copied. */
  clone(): FileSystem {
    return new FileSystem({}, { tree: this.#tree.clone(), viewer: this.#viewer, time: { now: this.#time.now } });
  }

  /** Whole content. Symbolic links are followed. */
  read(path: string): string {
    const inode = this.#existing(path);
    this.#allow(inode, 4, path);
    if (inode.type === 'directory') throw new FileError('EISDIR', path);
    if (inode.type === 'virtual') return inode.read(this.#viewer);
    return inode.type === 'file' ? inode.content : '';
  }

  /** Replace the content, creating the file when it is missing. */
  write(path: string, bytes: string, options: { readonly mode?: number } = {}): void {
    this.open(path, { write: true, create: true, truncate: true, ...(options.mode === undefined ? {} : { mode: options.mode }) }).write(bytes);
    if (options.mode !== undefined) this.chmod(path, options.mode);
  }

  append(path: string, bytes: string): void {
    this.open(path, { write: true, create: true, append: true }).write(bytes);
  }

  /** An open file keeps its content when the name goes away, as a log that was rotated does. */
  open(path: string, options: OpenOptions = {}): OpenFile {
    let place = this.#walk(path, true);
    if (place.inode && options.exclusive) throw new FileError('EEXIST', path);
    if (!place.inode) {
      if (!options.create) throw new FileError('ENOENT', path);
      if (path.endsWith('/')) throw new FileError('EISDIR', path);
      this.#add(place, { type: 'file', content: '', ...this.#meta(options.mode ?? 0o644, place) });
      place = this.#walk(path, true);
    }
    const inode = place.inode!;
    if (inode.type === 'directory' && options.write) throw new FileError('EISDIR', path);
    if (options.write && place.readonly && inode.type === 'file') throw new FileError('EROFS', path);
    if (options.write) this.#allow(inode, 2, path);
    else this.#allow(inode, 4, path);
    const file = new OpenFile(options.write && inode.type === 'file' ? (this.#own(place) as FileInode) : inode, this.#viewer, options.append ?? false, this.#time);
    if (options.truncate && options.write) file.truncate();
    return file;
  }

  exists(path: string): boolean {
    try {
      return this.#walk(path, true).inode !== undefined;
    } catch {
      return false;
    }
  }

  stat(path: string): FileStat {
    return this.#describe(this.#existing(path));
  }

  lstat(path: string): FileStat {
    const inode = this.#walk(path, false).inode;
    if (!inode) throw new FileError('ENOENT', path);
    return this.#describe(inode);
  }

  /** May the viewer do this: 4 read, 2 write, 1 execute or search. */
  access(path: string, want: 4 | 2 | 1): boolean {
    try {
      const place = this.#walk(path, true);
      return place.inode !== undefined && permits(place.inode, this.#viewer, want) && !(want === 2 && place.readonly && place.inode.type !== 'device');
    } catch {
      return false;
    }
  }

  /** The path without symbolic links, `.` and `..`; every part but the last must exist. */
  realpath(path: string): string {
    return this.#walk(path, true).path;
  }

  /** Names in a directory, sorted by bytes, mount points included. */
  list(path: string): string[] {
    const place = this.#walk(path, true);
    if (!place.inode) throw new FileError('ENOENT', path);
    if (place.inode.type !== 'directory') throw new FileError('ENOTDIR', path);
    this.#allow(place.inode, 4, path);
    const names = new Set(place.inode.computed ? place.inode.computed.names(this.#viewer) : place.inode.entries.keys());
    for (const link of place.chain) {
      for (const point of link.tree.mounts.keys()) {
        const cut = point.lastIndexOf('/');
        if ((point.slice(0, cut) || '/') === link.path && cut < point.length - 1) names.add(point.slice(cut + 1));
      }
    }
    return [...names].sort((a, b) => (a < b ? -1 : 1));
  }

  mkdir(path: string, options: { readonly recursive?: boolean; readonly mode?: number } = {}): void {
    const place = options.recursive ? this.#walkMaking(path) : this.#walk(path, true);
    if (place.inode) {
      if (options.recursive && place.inode.type === 'directory') return;
      throw new FileError('EEXIST', path);
    }
    this.#add(place, { type: 'directory', entries: new Map(), ...this.#meta(options.mode ?? 0o755, place), links: 2 });
  }

  remove(path: string, options: { readonly recursive?: boolean } = {}): void {
    const place = this.#walk(path, false);
    if (!place.inode) throw new FileError('ENOENT', path);
    if (!place.parent || this.#isMountPoint(place)) throw new FileError('EBUSY', path);
    const inode = place.inode;
    if (inode.type === 'directory' && !options.recursive && inode.entries.size > 0) throw new FileError('ENOTEMPTY', path);
    this.#take(place, path);
    inode.links--;
  }

  rename(from: string, to: string): void {
    const source = this.#walk(from, false);
    const target = this.#walk(to, false);
    if (!source.inode) throw new FileError('ENOENT', from);
    if (this.#isMountPoint(source) || (target.inode && this.#isMountPoint(target))) throw new FileError('EBUSY', from);
    if (inner(source).tree !== inner(target).tree) throw new FileError('EXDEV', from);
    if (`${target.path}/`.startsWith(`${source.path}/`) && source.path !== target.path) throw new FileError('EINVAL', from);
    if (target.inode?.type === 'directory') {
      if (source.inode.type !== 'directory') throw new FileError('EISDIR', to);
      if (target.inode.entries.size > 0) throw new FileError('ENOTEMPTY', to);
    } else if (target.inode && source.inode.type === 'directory') throw new FileError('ENOTDIR', to);
    if (source.path === target.path) return;
    this.#writableParent(target, to);
    this.#take(source, from);
    (this.#own(target.parent!) as DirectoryInode).entries.set(target.name, source.inode);
  }

  symlink(target: string, path: string): void {
    const place = this.#walk(path, false);
    if (place.inode) throw new FileError('EEXIST', path);
    this.#add(place, { type: 'symlink', target, ...this.#meta(0o777, place) });
  }

  /** A second name for the same file. */
  link(existing: string, path: string): void {
    const source = this.#walk(existing, false);
    const place = this.#walk(path, false);
    if (!source.inode) throw new FileError('ENOENT', existing);
    if (source.inode.type === 'directory') throw new FileError('EPERM', existing);
    if (place.inode) throw new FileError('EEXIST', path);
    if (inner(source).tree !== inner(place).tree) throw new FileError('EXDEV', path);
    const inode = this.#own(source);
    inode.links++;
    this.#add(place, inode);
  }

  readlink(path: string): string {
    const inode = this.#walk(path, false).inode;
    if (!inode) throw new FileError('ENOENT', path);
    if (inode.type !== 'symlink') throw new FileError('EINVAL', path);
    return typeof inode.target === 'function' ? inode.target(this.#viewer) : inode.target;
  }

  chmod(path: string, mode: number): void {
    this.#change(path).mode = mode & 0o7777;
  }

  chown(path: string, uid: number, gid: number): void {
    if (this.#viewer.uid !== 0) throw new FileError('EPERM', path);
    Object.assign(this.#change(path), { uid, gid });
  }

  utimes(path: string, mtimeMs: number): void {
    this.#change(path).mtimeMs = mtimeMs;
  }

  /** Let another file system appear at a path; the mount point is made when it is missing, as container runtimes do. */
  mount(path: string, files: FileSystem, options: MountOptions = {}): void {
    const root = options.root ?? '/';
    const target = files.#walk(root, true);
    const place = this.#walkMaking(path);
    if (!place.inode && target.inode?.type === 'directory') this.mkdir(path, { recursive: true });
    else if (!place.inode) this.write(path, '');
    const end = inner(target);
    const mount: Mount = { tree: end.tree, root: end.path, readonly: options.readonly ?? false, type: options.type ?? 'ext4', source: options.source ?? '/dev/vda1', words: options.words ?? '' };
    this.#tree.mounts.set(place.chain[0]!.path, mount);
  }

  unmount(path: string): void {
    if (!this.#tree.mounts.delete(this.#walk(path, true).chain[0]!.path)) throw new FileError('EINVAL', path);
  }

  /** What is mounted where, in the order it was done. */
  mounts(): readonly { readonly path: string; readonly type: string; readonly source: string; readonly readonly: boolean; readonly words: string }[] {
    const above = this.#root === '/' ? '' : this.#root;
    return [...this.#tree.mounts].flatMap(([path, { type, source, readonly, words }]) => (path.startsWith(`${above}/`) ? [{ path: path.slice(above.length), type, source, readonly, words }] : []));
  }

  /** Refuse every change of the root file system itself (`readOnlyRootFilesystem`); mounts keep their own flag. */
  setReadonly(readonly: boolean): void {
    this.#tree.readonly = readonly;
  }

  get readonly(): boolean {
    return this.#tree.readonly;
  }

  /** A file whose content is computed. */
  virtual(path: string, node: { read(viewer: Viewer): string; write?(bytes: string, viewer: Viewer): void }, mode?: number): void {
    const place = this.#walkMaking(path);
    const write = node.write?.bind(node);
    this.#add(place, { type: 'virtual', read: node.read.bind(node), write, ...this.#meta(mode ?? (write ? 0o644 : 0o444), place) });
  }

  /** A directory whose entries are computed: each is an inode made by `makeInode`. */
  computed(path: string, computed: NonNullable<DirectoryInode['computed']>): void {
    const place = this.#walkMaking(path);
    this.#add(place, { type: 'directory', entries: new Map(), computed, ...this.#meta(0o555, place), links: 2 });
  }

  /** A symbolic link whose target depends on who looks: `/proc/self`. */
  magicLink(path: string, target: (viewer: Viewer) => string): void {
    const place = this.#walkMaking(path);
    this.#add(place, { type: 'symlink', target, ...this.#meta(0o777, place) });
  }

  device(path: string, device: DeviceName, mode = 0o666): void {
    const place = this.#walkMaking(path);
    this.#add(place, { type: 'device', device, ...this.#meta(mode, place) });
  }

  #walk(path: string, follow: boolean): Place {
    return walk(this.#tree, path === '' ? '?' : path, this.#viewer, follow, this.#root);
  }

  /** Walk, making the directories on the way, but not the last name. */
  #walkMaking(path: string): Place {
    const names = path.split('/').filter((name) => name !== '');
    for (let i = 1; i < names.length; i++) {
      const above = `/${names.slice(0, i).join('/')}`;
      if (!this.exists(above)) this.mkdir(above);
    }
    return this.#walk(path, true);
  }

  #existing(path: string): Inode {
    const inode = this.#walk(path, true).inode;
    if (!inode) throw new FileError('ENOENT', path);
    return inode;
  }

  #allow(inode: Inode, want: 4 | 2 | 1, path: string): void {
    if (!permits(inode, this.#viewer, want)) throw new FileError('EACCES', path);
  }

  #own(place: Place): Inode {
    const { tree, path } = inner(place);
    return tree.own(path);
  }

  #meta(mode: number, place: Place) {
    const { tree } = inner(place);
    return { ino: tree.nextIno(), mode, uid: this.#viewer.uid, gid: this.#viewer.gid, mtimeMs: this.#time.now(), links: 1, owner: tree.owner };
  }

  #writableParent(place: Place, path: string): void {
    if (!place.parent) throw new FileError('EBUSY', path);
    if (place.readonly) throw new FileError('EROFS', path);
    if (place.parent.inode?.type !== 'directory') throw new FileError('ENOTDIR', path);
    if (!permits(place.parent.inode, this.#viewer, 2)) throw new FileError('EACCES', path);
    if (place.parent.inode.computed) throw new FileError('EPERM', path);
  }

  #add(place: Place, inode: Inode): void {
    this.#writableParent(place, place.path);
    const directory = this.#own(place.parent!) as DirectoryInode;
    directory.entries.set(place.name, inode);
    directory.mtimeMs = this.#time.now();
    if (inode.type === 'directory') directory.links++;
  }

  #take(place: Place, path: string): void {
    this.#writableParent(place, path);
    const directory = this.#own(place.parent!) as DirectoryInode;
    directory.entries.delete(place.name);
    directory.mtimeMs = this.#time.now();
    if (place.inode?.type === 'directory') directory.links--;
  }

  #change(path: string): Inode {
    const place = this.#walk(path, true);
    if (!place.inode) throw new FileError('ENOENT', path);
    if (place.readonly) throw new FileError('EROFS', path);
    if (this.#viewer.uid !== 0 && this.#viewer.uid !== place.inode.uid) throw new FileError('EPERM', path);
    return place.inode.type === 'file' || place.inode.type === 'directory' ? this.#own(place) : place.inode;
  }

  #isMountPoint(place: Place): boolean {
    const { chain } = place;
    return chain.length > 1 && chain.at(-2)!.tree.mounts.has(chain.at(-2)!.path);
  }

  #describe(inode: Inode): FileStat {
    const target = inode.type === 'symlink' ? (typeof inode.target === 'function' ? inode.target(this.#viewer) : inode.target) : undefined;
    const size = inode.type === 'file' ? inode.content.length : inode.type === 'directory' ? 4096 : (target?.length ?? 0);
    const { mode, uid, gid, mtimeMs, ino, links } = inode;
    const type = inode.type === 'virtual' ? 'file' : inode.type;
    return { type, size, mode, uid, gid, mtimeMs, ino, links, target, device: inode.type === 'device' ? inode.device : undefined };
  }
}

/** The innermost tree and the path inside it: where a change must be made. */
function inner(place: Place): { readonly tree: Tree; readonly path: string } {
  return place.chain.at(-1)!;
}
