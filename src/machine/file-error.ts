/**
 * What the kernel answers when a file operation cannot be done: errno, with the words of strerror(3).
 * glibc and musl agree on nearly all of these words; where they do not, these are glibc's.
 */
const WORDS = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  ENOSPC: 'No space left on device',
  EINVAL: 'Invalid argument',
  EBUSY: 'Device or resource busy',
  EXDEV: 'Invalid cross-device link',
  ENOEXEC: 'Exec format error',
  ENXIO: 'No such device or address',
  EIO: 'Input/output error',
  EMFILE: 'Too many open files',
  EBADF: 'Bad file descriptor',
  ESRCH: 'No such process',
} as const;

export type FileErrorCode = keyof typeof WORDS;

/** A refused file operation; `message` is what strerror says, without the path, as every tool words the path its own way. */
export class FileError extends Error {
  override readonly name = 'FileError';

  constructor(
    readonly code: FileErrorCode,
    readonly path: string,
  ) {
    super(WORDS[code]);
  }
}

/** The kernel's words for an error number's name. */
export function strerror(code: FileErrorCode): string {
  return WORDS[code];
}
