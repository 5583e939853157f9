/**
 * What the root of a machine may: everything on a node, a part of it in a container. Knows no users' rights to files.
 * See capabilities(7), and pkg/security/securitycontext in Kubernetes for who gets which.
 */
import type { Process } from './program.ts';

/** In the order of their bits: include/uapi/linux/capability.h. */
const NAMES = [
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW',
  'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD',
  'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE',
] as const;

export type Capability = (typeof NAMES)[number];

export const ALL_CAPABILITIES: ReadonlySet<Capability> = new Set(NAMES);

/** What a container runtime leaves to root unless told otherwise. */
export const CONTAINER_CAPABILITIES: ReadonlySet<Capability> = new Set<Capability>([
  'CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE',
]);

/** `add` and `drop` of a security context, `ALL` included; the prefix `CAP_` may stand or not. */
export function changedCapabilities(add: readonly string[], drop: readonly string[]): ReadonlySet<Capability> {
  const set = new Set<Capability>(has(drop, 'ALL') ? [] : has(add, 'ALL') ? NAMES : CONTAINER_CAPABILITIES);
  for (const name of NAMES) {
    if (has(drop, name)) set.delete(name);
    if (has(add, name) || (has(add, 'ALL') && !has(drop, name))) set.add(name);
  }
  return set;
}

const has = (words: readonly string[], name: string): boolean => words.some((word) => word.toUpperCase().replace(/^CAP_/, '') === name);

/** As /proc/PID/status prints a set of them. */
export function capabilityMask(set: ReadonlySet<Capability>): string {
  return NAMES.reduce((sum, name, bit) => (set.has(name) ? sum | (1n << BigInt(bit)) : sum), 0n).toString(16).padStart(16, '0');
}

/** Whether a process may change devices, addresses, routes and rules; in a network that it has unshared, root always may. */
export function mayAdministerNetwork({ user, machine, netns }: Process): boolean {
  return user.uid === 0 && (machine.capabilities.has('NET_ADMIN') || netns !== machine.netns);
}
