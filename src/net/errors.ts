/**
 * Refusals of the kernel, by their errno name. What a packet dies of is not here: that is a `DropReason` (see `trace.ts`).
 * Texts are those of the C library's strerror(3), which every tool prints.
 */
const TEXTS = {
  EACCES: 'Permission denied',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EBUSY: 'Device or resource busy',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EEXIST: 'File exists',
  EHOSTUNREACH: 'No route to host',
  EINVAL: 'Invalid argument',
  EISCONN: 'Transport endpoint is already connected',
  ELOOP: 'Too many levels of symbolic links',
  EMSGSIZE: 'Message too long',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  ENODEV: 'No such device',
  ENOENT: 'No such file or directory',
  ENOPROTOOPT: 'Protocol not available',
  ENOSPC: 'No space left on device',
  ENOTCONN: 'Transport endpoint is not connected',
  EOPNOTSUPP: 'Operation not supported',
  EPERM: 'Operation not permitted',
  EPIPE: 'Broken pipe',
  ESRCH: 'No such process',
  ETIMEDOUT: 'Connection timed out',
} as const;

/** Error numbers by name, those that a network stack gives. */
export type Errno = keyof typeof TEXTS;

/** What perror(3) prints after the colon. */
export function strerror(code: Errno): string {
  return TEXTS[code];
}

/** A request that the kernel refuses. `message` is the kernel's own explanation where it gives one, else strerror's. */
export class NetError extends Error {
  override readonly name = 'NetError';
  /** Netlink's extended acknowledgement, which `ip` prints after `Error: ` ("Nexthop has invalid gateway."); ends in a full stop. */
  readonly detail: string | undefined;

  constructor(
    readonly code: Errno,
    detail?: string,
    /** With EMSGSIZE: what would fit. */
    readonly mtu?: number,
  ) {
    super(detail ?? strerror(code));
    this.detail = detail;
  }
}
