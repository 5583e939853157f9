/**
 * From a command's name to what runs: PATH search, permission, `#!`. See execve(2) and execvp(3).
 */
import type { FileSystem } from './files.ts';
import type { Program } from './program.ts';

export interface ProgramTable {
  get(name: string): Program | undefined;
}

/** The beginning of every executable of ours: `head -c 4 /bin/ls` shows what it would show. */
const MARK = '\x7fELF\x02\x01\x01\0program:';

/** The content of an executable that is backed by a program of this name. */
export function programFile(name: string): string {
  return `${MARK}${name}\0`;
}

/** Where a process without PATH looks, as in every container image. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A process that cannot be started. `searched` tells a name looked up in PATH from a path. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    readonly code: 'ENOENT' | 'EACCES' | 'ENOEXEC' | 'EISDIR' | 'EAGAIN',
    readonly command: string,
    readonly searched: boolean,
  ) {
    super({ ENOENT: 'no such file or directory', EACCES: 'permission denied', ENOEXEC: 'exec format error', EISDIR: 'is a directory', EAGAIN: 'resource temporarily unavailable' }[code]);
  }
}

export interface Executable {
  readonly path: string;
  readonly program: Program;
  /** The command line that the program sees: a script's interpreter comes first. */
  readonly argv: readonly string[];
}

/** @throws StartError with execve's reason */
export function findExecutable(argv: readonly string[], files: FileSystem, table: ProgramTable, options: { path?: string | undefined; cwd: string }): Executable {
  const command = argv[0] ?? '';
  const path = locate(command, files, options);
  const content = files.access(path, 4) ? files.read(path) : files.as({ uid: 0, gid: 0 }).read(path);
  if (content.startsWith(MARK)) {
    const program = table.get(content.slice(MARK.length, content.indexOf('\0', MARK.length)));
    if (!program) throw new StartError('ENOEXEC', command, false);
    return { path, program, argv };
  }
  const shebang = /^#![ \t]*(\S+)[ \t]*([^\n]*)/.exec(content);
  if (!shebang) throw new StartError('ENOEXEC', command, false);
  const option = shebang[2]!.trimEnd();
  return findExecutable([shebang[1]!, ...(option ? [option] : []), path, ...argv.slice(1)], files, table, options);
}

/** Where a command is: its own path, or the first hit in PATH. @throws StartError */
export function locate(command: string, files: FileSystem, options: { path?: string | undefined; cwd: string }): string {
  if (command.includes('/')) {
    const path = absolute(options.cwd, command);
    if (!files.exists(path)) throw new StartError('ENOENT', command, false);
    if (files.stat(path).type === 'directory' || !files.access(path, 1)) throw new StartError('EACCES', command, false);
    return path;
  }
  let found = false;
  for (const directory of (options.path ?? DEFAULT_PATH).split(':')) {
    const path = absolute(options.cwd, `${directory || '.'}/${command}`);
    if (command === '' || !files.exists(path) || files.stat(path).type === 'directory') continue;
    if (files.access(path, 1)) return path;
    found = true;
  }
  throw new StartError(found ? 'EACCES' : 'ENOENT', command, true);
}

/** A path as the kernel sees it from a working directory. */
export function absolute(cwd: string, path: string): string {
  return path.startsWith('/') ? path : cwd === '/' ? `/${path}` : `${cwd}/${path}`;
}
