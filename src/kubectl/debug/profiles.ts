/**
 * What `kubectl debug --profile` grants to the container that looks and to the pod around it: one row a profile.
 * See kubectl/pkg/cmd/debug/profiles.go. Knows nothing of command lines.
 */
import type { Container } from '../podspec.ts';

/** An ephemeral container in a pod that runs, a copy of a pod, or a new pod on a node. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node';

type SecurityContext = Readonly<Record<string, unknown>>;

export interface Profile {
  /** What the container may do; undefined: no more than any other. */
  securityContext(style: DebugStyle, given: SecurityContext | undefined): SecurityContext | undefined;
  /** On a node: network, processes and IPC of the host. */
  readonly hostNamespaces: boolean;
  /** On a node: its files under /host. */
  readonly hostFiles: boolean;
  /** Whether a copy loses probes and annotations, and shares its processes. */
  readonly strips: boolean;
}

export const PROFILES: Readonly<Record<string, Profile>> = {
  legacy: { securityContext: (_style, given) => given, hostNamespaces: true, hostFiles: true, strips: false },
  general: { securityContext: (style, given) => (style === 'node' ? undefined : withCapabilities(given, 'SYS_PTRACE')), hostNamespaces: true, hostFiles: true, strips: true },
  baseline: { securityContext: () => undefined, hostNamespaces: false, hostFiles: false, strips: true },
  restricted: {
    securityContext: () => ({ capabilities: { drop: ['ALL'] }, runAsNonRoot: true, allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } }),
    hostNamespaces: false, hostFiles: false, strips: true,
  },
  netadmin: { securityContext: (_style, given) => withCapabilities(given, 'NET_ADMIN', 'NET_RAW'), hostNamespaces: true, hostFiles: false, strips: true },
  sysadmin: { securityContext: (_style, given) => ({ ...given, privileged: true }), hostNamespaces: true, hostFiles: true, strips: true },
};

/** The container with what the profile grants it. */
export function granted<T extends Container>(container: T, profile: Profile, style: DebugStyle): T {
  const { securityContext: given, ...rest } = container;
  const securityContext = profile.securityContext(style, given as SecurityContext | undefined);
  return (securityContext ? { ...rest, securityContext } : rest) as T;
}

function withCapabilities(given: SecurityContext | undefined, ...names: readonly string[]): SecurityContext {
  const capabilities = (given?.['capabilities'] ?? {}) as { readonly add?: readonly string[] };
  return { ...given, capabilities: { ...capabilities, add: [...(capabilities.add ?? []), ...names] } };
}
