/** Serving a directory over HTTP: what nginx, httpd and python do alike. Knows no server's words; returns what it found. */
import type { FileSystem } from '../../machine/files.ts';
import { FileError } from '../../machine/files.ts';

export type FileAnswer =
  | { readonly kind: 'file'; readonly path: string; readonly content: string; readonly mtimeMs: number }
  /** The target is a directory, asked for without the final slash. */
  | { readonly kind: 'redirect' }
  | { readonly kind: 'listing'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'missing'; readonly path: string; readonly errno: 'ENOENT' | 'EACCES' | 'ENOTDIR' };

/** Look `path` (decoded, without query) up under `root`; `index` files answer for directories. */
export function findFile(files: FileSystem, root: string, path: string, index: readonly string[]): FileAnswer {
  const full = `${root.replace(/\/$/, '')}${normalize(path)}`;
  try {
    if (files.stat(full).type !== 'directory') return { kind: 'file', path: full, content: files.read(full), mtimeMs: files.stat(full).mtimeMs };
    if (!full.endsWith('/')) return { kind: 'redirect' };
    for (const name of index) {
      const candidate = `${full}${name}`;
      if (files.exists(candidate)) return { kind: 'file', path: candidate, content: files.read(candidate), mtimeMs: files.stat(candidate).mtimeMs };
    }
    return { kind: 'listing', path: full, names: files.list(full.replace(/\/$/, '') || '/').toSorted() };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const errno = error.code === 'EACCES' || error.code === 'ENOTDIR' ? error.code : 'ENOENT';
    return { kind: 'missing', path: full, errno };
  }
}

/** `..` never leads out of the root. */
export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}${path.endsWith('/') && parts.length > 0 ? '/' : ''}`;
}
