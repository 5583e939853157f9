/** File systems whose content is computed when somebody looks: the shape of `/proc` and `/sys`. Knows no entry by name. */
import { FileSystem } from './files.ts';
import type { DirectoryInode, Entrance, Inode, Viewer } from './inode.ts';
import { Tree } from './tree.ts';

export type ComputedNode =
  | { readonly read: (viewer: Viewer) => string; readonly write?: ((bytes: string, viewer: Viewer) => void) | undefined; readonly mode?: number }
  | { readonly link: (viewer: Viewer) => string; readonly into?: () => Entrance | undefined }
  | { readonly entries: (viewer: Viewer) => ReadonlyMap<string, ComputedNode> };

/** A file system computed from its root's entries; whatever is in it is as old as the moment somebody looks. */
export function computedFiles(now: () => number, entries: (viewer: Viewer) => ReadonlyMap<string, ComputedNode>): FileSystem {
  const root = inodeOf({ entries }, now) as DirectoryInode;
  return new FileSystem({}, { tree: new Tree(root), viewer: { uid: 0, gid: 0 }, time: { now } });
}

/** Shorthand for fixed entries: a string is a file's content. */
export function entriesOf(record: Readonly<Record<string, ComputedNode | ((viewer: Viewer) => string)>>): ReadonlyMap<string, ComputedNode> {
  return new Map(Object.entries(record).map(([name, node]) => [name, typeof node === 'function' ? { read: node } : node]));
}

const nobody = {};

function inodeOf(node: ComputedNode, now: () => number): Inode {
  const meta = { ino: 1, uid: 0, gid: 0, mtimeMs: now(), links: 1, owner: nobody };
  if ('link' in node) return { type: 'symlink', target: node.link, into: node.into, mode: 0o777, ...meta };
  if ('read' in node) return { type: 'virtual', read: node.read, write: node.write, mode: node.mode ?? (node.write ? 0o644 : 0o444), ...meta };
  const get = (name: string, viewer: Viewer) => {
    const child = node.entries(viewer).get(name);
    return child && inodeOf(child, now);
  };
  return { type: 'directory', entries: new Map(), computed: { names: (viewer) => [...node.entries(viewer).keys()], get }, mode: 0o555, ...meta };
}
