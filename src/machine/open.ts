/**
 * Opening a path as a stream: ordinary files, devices, and the process's own descriptors under `/dev/stdout` and
 * `/proc/self/fd`. See open(2), null(4), tty(4).
 */
import { FileError } from './file-error.ts';
import { absolute } from './executable.ts';
import type { DeviceInode } from './inode.ts';
import type { OpenFile } from './open-file.ts';
import type { Input, Output, Process } from './program.ts';
import { nullInput, nullOutput } from './streams.ts';

/** How much of an endless or long file one read gives. */
const CHUNK = 65_536;

type Opener = Pick<Process, 'files' | 'cwd' | 'stdin' | 'stdout' | 'stderr' | 'machine' | 'pid'>;

/** @throws FileError */
export function openInput(process: Opener, path: string): Input {
  const standard = descriptor(process, path);
  if (standard) return standard.input();
  const file = process.files.open(absolute(process.cwd, path));
  if (file.inode.type === 'directory') throw new FileError('EISDIR', path);
  if (file.inode.type === 'device') return deviceInput(file.inode, process);
  return fileInput(file);
}

/** @throws FileError */
export function openOutput(process: Opener, path: string, options: { readonly append?: boolean; readonly exclusive?: boolean; readonly keep?: boolean; readonly mode?: number } = {}): Output {
  const standard = descriptor(process, path);
  if (standard) return standard.output();
  const { append = false, exclusive = false, keep = false } = options;
  const file = process.files.open(absolute(process.cwd, path), { write: true, create: true, append, truncate: !append && !keep, exclusive, mode: options.mode ?? 0o644 });
  if (file.inode.type === 'device') return deviceOutput(file.inode, process);
  return { write: (bytes) => written(() => file.write(bytes)) };
}

/** An open file as a stream. */
export function fileInput(file: OpenFile): Input {
  let back = '';
  return {
    read: () => {
      if (back === '') back = file.read();
      if (back === '') return Promise.resolve(undefined);
      const bytes = back.slice(0, CHUNK);
      back = back.slice(CHUNK);
      return Promise.resolve(bytes);
    },
    unread: (bytes) => {
      back = bytes + back;
    },
  };
}

function written(write: () => void): Promise<void> {
  try {
    write();
    return Promise.resolve();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/** A path that names an open descriptor of a process, also through symbolic links such as nginx's log files. */
function descriptor(process: Opener, path: string): { input(): Input; output(): Output } | undefined {
  let at = absolute(process.cwd, path);
  for (let links = 0; links < 10; links++) {
    const match = /^\/(?:dev\/fd|proc\/(self|\d+)\/fd)\/(\d+)$/.exec(at);
    if (match) return streamsOf(process, match[1] ?? 'self', Number(match[2]), path);
    let target: string;
    try {
      if (process.files.lstat(at).type !== 'symlink') return undefined;
      target = process.files.readlink(at);
    } catch {
      return undefined;
    }
    at = absolute(at.slice(0, at.lastIndexOf('/')) || '/', target);
  }
  return undefined;
}

function streamsOf(process: Opener, who: string, fd: number, path: string): { input(): Input; output(): Output } {
  const streams = who === 'self' || Number(who) === process.pid ? ([process.stdin, process.stdout, process.stderr] as const) : process.machine.processes.get(Number(who))?.streams;
  const stream = streams?.[fd];
  return {
    input: () => {
      if (!stream || !('read' in stream)) throw new FileError(stream ? 'EACCES' : 'ENOENT', path);
      return stream;
    },
    output: () => {
      if (!stream || !('write' in stream)) throw new FileError(stream ? 'EACCES' : 'ENOENT', path);
      return stream;
    },
  };
}

function deviceInput(inode: DeviceInode, process: Opener): Input {
  switch (inode.device) {
    case 'zero':
    case 'full':
      return endless(() => '\0'.repeat(CHUNK));
    case 'random':
    case 'urandom':
      return endless(() => Array.from({ length: 1024 }, () => String.fromCharCode(process.machine.rng.below(256))).join(''));
    case 'tty':
    case 'console':
      return process.stdin;
    default:
      return nullInput;
  }
}

function deviceOutput(inode: DeviceInode, process: Opener): Output {
  if (inode.device === 'full') return { write: () => Promise.reject(new FileError('ENOSPC', '/dev/full')) };
  return inode.device === 'tty' || inode.device === 'console' ? process.stderr : nullOutput;
}

function endless(more: () => string): Input {
  let back = '';
  return {
    read: () => {
      const bytes = back === '' ? more() : back;
      back = '';
      return Promise.resolve(bytes);
    },
    unread: (bytes) => {
      back = bytes + back;
    },
  };
}
