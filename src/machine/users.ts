/** Users by name and number, from /etc/passwd and /etc/group. A number without an entry is a user too, as in containers. */
import type { FileSystem } from './files.ts';
import type { User } from './processes.ts';

/** `root`, `101`, `nginx:nginx`, `1000:2000`, or numbers already known. An unknown name is an error of the caller's: see `findUser`. */
export function userOf(user: User | string | undefined, files: FileSystem): User {
  if (typeof user === 'object') return user;
  return findUser(user ?? '0', files) ?? { uid: 0, gid: 0, name: 'root' };
}

/** @returns undefined when a name (not a number) is in no file */
export function findUser(text: string, files: FileSystem): User | undefined {
  const [name = '', group] = text.split(':');
  const entry = passwd(files).find((row) => row[0] === name || row[2] === name);
  if (!entry && !/^\d+$/.test(name)) return undefined;
  const uid = Number(entry?.[2] ?? name);
  let gid = Number(entry?.[3] ?? 0);
  if (group !== undefined) {
    const found = /^\d+$/.test(group) ? group : rows(files, '/etc/group').find((row) => row[0] === group)?.[2];
    if (found === undefined) return undefined;
    gid = Number(found);
  }
  return { uid, gid, name: entry?.[0] ?? (uid === 0 ? 'root' : String(uid)) };
}

/** A user's name, or the number itself when it has none. */
export function userName(uid: number, files: FileSystem): string {
  return passwd(files).find((row) => row[2] === String(uid))?.[0] ?? (uid === 0 ? 'root' : String(uid));
}

/** A group's name, or the number itself when it has none. */
export function groupName(gid: number, files: FileSystem): string {
  return rows(files, '/etc/group').find((row) => row[2] === String(gid))?.[0] ?? (gid === 0 ? 'root' : String(gid));
}

/** A user's home directory and shell. */
export function homeOf(uid: number, files: FileSystem): string {
  return passwd(files).find((row) => row[2] === String(uid))?.[5] ?? (uid === 0 ? '/root' : '/');
}

const passwd = (files: FileSystem) => rows(files, '/etc/passwd');

function rows(files: FileSystem, path: string): string[][] {
  if (!files.exists(path)) return [];
  return files.read(path).split('\n').filter((line) => line !== '').map((line) => line.split(':'));
}
