/**
 * The level "baseline": what no ordinary pod needs, in the order in which violations are told.
 * See k8s.io/pod-security-admission/policy/check_*.go, as of 1.35.
 */
import type { Check, JudgedContainer, JudgedPod, Violation } from './check.ts';
import { containersOf, containersWhere, contextOf, distinct, named, quoted, settersOf, valuesOf } from './check.ts';

const DEFAULT_CAPABILITIES = new Set(['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem',
]);
const PROFILES = new Set(['RuntimeDefault', 'Localhost']);
const isOther = (profile: { readonly type: string } | undefined): boolean => profile !== undefined && !PROFILES.has(profile.type);
const uses = (names: readonly string[]): string => (names.length === 1 ? 'uses' : 'use');

/** By the names that the checks have in the real policy; "restricted" replaces some of them. */
export const baseline: Readonly<Record<string, Check>> = {
  appArmorProfile(pod) {
    const setters = settersOf(pod, ({ appArmorProfile }) => isOther(appArmorProfile));
    const values = valuesOf(pod, ({ appArmorProfile }) => (isOther(appArmorProfile) ? appArmorProfile?.type : undefined));
    return setters === undefined ? undefined : { reason: `forbidden AppArmor profile${values.length === 1 ? '' : 's'}`, detail: `${setters} must not set AppArmor profile type to ${quoted(values)}` };
  },
  capabilities_baseline(pod) {
    const added = (container: JudgedContainer) => (contextOf(container).capabilities?.add ?? []).filter((one) => !DEFAULT_CAPABILITIES.has(one));
    const containers = containersWhere(pod, (_context, container) => added(container).length > 0);
    return forbid(containers, 'non-default capabilities', () => `${named('container', containers)} must not include ${quoted(distinct(containersOf(pod.spec).flatMap(added)))} in securityContext.capabilities.add`);
  },
  hostNamespaces({ spec }) {
    const shared = [...(spec.hostNetwork ? ['hostNetwork=true'] : []), ...(spec.hostPID ? ['hostPID=true'] : []), ...(spec.hostIPC ? ['hostIPC=true'] : [])];
    return forbid(shared, 'host namespaces', () => shared.join(', '));
  },
  hostPathVolumes({ spec }) {
    const volumes = (spec.volumes ?? []).filter((volume) => volume.hostPath).map(({ name }) => name);
    return forbid(volumes, 'hostPath volumes', () => named('volume', volumes));
  },
  hostPorts(pod) {
    const used = (container: JudgedContainer) => (container.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
    const containers = containersWhere(pod, (_context, container) => used(container).length > 0);
    const ports = distinct(containersOf(pod.spec).flatMap(used));
    return forbid(containers, 'hostPort', () => `${named('container', containers)} ${uses(containers)} hostPort${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`);
  },
  hostProbesAndHostLifecycle(pod) {
    const containers = distinct(containersWhere(pod, (_context, container) => askedHosts(container).length > 0));
    const hosts = distinct(containersOf(pod.spec).flatMap(askedHosts));
    return forbid(containers, 'probe or lifecycle host', () => `${named('container', containers)} ${uses(containers)} ${named('probe or lifecycle host', hosts)}`);
  },
  privileged(pod) {
    const containers = containersWhere(pod, ({ privileged }) => privileged === true);
    return forbid(containers, 'privileged', () => `${named('container', containers)} must not set securityContext.privileged=true`);
  },
  // Whoever is root in a user namespace of its own only may see a whole /proc.
  procMount: (pod) => (pod.spec.hostUsers === false ? undefined : unmaskedProc(pod)),
  seLinuxOptions(pod) {
    const setters = settersOf(pod, ({ seLinuxOptions }) => seLinuxOptions !== undefined && (!SELINUX_TYPES.has(seLinuxOptions.type ?? '') || Boolean(seLinuxOptions.user) || Boolean(seLinuxOptions.role)));
    if (setters === undefined) return undefined;
    const types = valuesOf(pod, ({ seLinuxOptions }) => (SELINUX_TYPES.has(seLinuxOptions?.type ?? '') ? undefined : seLinuxOptions?.type));
    const wrong = [
      ...(types.length > 0 ? [named('type', types)] : []),
      ...(valuesOf(pod, ({ seLinuxOptions }) => seLinuxOptions?.user || undefined).length > 0 ? ['user may not be set'] : []),
      ...(valuesOf(pod, ({ seLinuxOptions }) => seLinuxOptions?.role || undefined).length > 0 ? ['role may not be set'] : []),
    ];
    return { reason: 'seLinuxOptions', detail: `${setters} set forbidden securityContext.seLinuxOptions: ${wrong.join('; ')}` };
  },
  seccompProfile_baseline: otherSeccompProfile,
  sysctls({ spec }) {
    const unsafe = (contextOf(spec).sysctls ?? []).map(({ name }) => name).filter((name) => !SAFE_SYSCTLS.has(name));
    return forbid(unsafe, 'forbidden sysctls', () => unsafe.join(', '));
  },
  windowsHostProcess(pod) {
    const setters = settersOf(pod, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
    return setters === undefined ? undefined : { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` };
  },
};

/** Also asked by "restricted", which makes no exception. */
export function unmaskedProc(pod: JudgedPod): Violation | undefined {
  const isWrong = (mount: string | undefined) => mount !== undefined && mount !== 'Default';
  const containers = containersWhere(pod, ({ procMount }) => isWrong(procMount));
  return forbid(containers, 'procMount', () => `${named('container', containers)} must not set securityContext.procMount to ${quoted(valuesOf(pod, ({ procMount }) => (isWrong(procMount) ? procMount : undefined)))}`);
}

/** Also asked by "restricted", which wants one of the good ones besides. */
export function otherSeccompProfile(pod: JudgedPod): Violation | undefined {
  const setters = settersOf(pod, ({ seccompProfile }) => isOther(seccompProfile));
  if (setters === undefined) return undefined;
  const values = valuesOf(pod, ({ seccompProfile }) => (isOther(seccompProfile) ? seccompProfile?.type : undefined));
  return { reason: 'seccompProfile', detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(values)}` };
}

function forbid(who: readonly string[], reason: string, detail: () => string): Violation | undefined {
  return who.length === 0 ? undefined : { reason, detail: detail() };
}

/** Hosts other than the pod itself that its probes and hooks talk to. */
function askedHosts({ livenessProbe, readinessProbe, startupProbe, lifecycle }: JudgedContainer): readonly string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return handlers.flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host].flatMap((host) => host || []));
}
