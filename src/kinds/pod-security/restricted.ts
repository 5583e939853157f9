/**
 * The level "restricted": what it asks beyond "baseline", and which of its checks it replaces by stricter ones.
 * See k8s.io/pod-security-admission/policy/check_*.go, as of 1.35.
 */
import { otherSeccompProfile, unmaskedProc } from './baseline.ts';
import type { Check, JudgedPod } from './check.ts';
import { containersOf, containersWhere, contextOf, distinct, named, quoted, settersOf } from './check.ts';

const ALLOWED_VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];

/** Checks of "baseline" that are asked more strictly here. */
export const REPLACED: ReadonlySet<string> = new Set(['capabilities_baseline', 'hostPathVolumes', 'procMount', 'seccompProfile_baseline']);

/** By the names that the checks have in the real policy, in the order in which violations are told. */
export const restricted: Readonly<Record<string, Check>> = {
  allowPrivilegeEscalation(pod) {
    const containers = isWindows(pod) ? [] : containersWhere(pod, ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false);
    return containers.length === 0 ? undefined : { reason: 'allowPrivilegeEscalation != false', detail: `${named('container', containers)} must set securityContext.allowPrivilegeEscalation=false` };
  },
  capabilities_restricted(pod) {
    if (isWindows(pod)) return undefined;
    const keeping = containersWhere(pod, ({ capabilities }) => !capabilities?.drop?.includes('ALL'));
    const added = (add: readonly string[] | undefined) => (add ?? []).filter((one) => one !== 'NET_BIND_SERVICE');
    const adding = containersWhere(pod, ({ capabilities }) => added(capabilities?.add).length > 0);
    const details = [
      ...(keeping.length > 0 ? [`${named('container', keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
      ...(adding.length > 0 ? [`${named('container', adding)} must not include ${quoted(distinct(containersOf(pod.spec).flatMap((container) => added(contextOf(container).capabilities?.add))))} in securityContext.capabilities.add`] : []),
    ];
    return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
  },
  procMount_restricted: unmaskedProc,
  restrictedVolumes({ spec }) {
    const wrong = (spec.volumes ?? []).filter((volume) => !ALLOWED_VOLUMES.some((type) => type in volume));
    if (wrong.length === 0) return undefined;
    const types = distinct(wrong.map((volume) => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'));
    return { reason: 'restricted volume types', detail: `${named('volume', wrong.map(({ name }) => name))} ${wrong.length === 1 ? 'uses' : 'use'} ${named('restricted volume type', types)}` };
  },
  runAsNonRoot(pod) {
    if (isRootElsewhere(pod)) return undefined;
    const reason = 'runAsNonRoot != true';
    const setters = settersOf(pod, ({ runAsNonRoot }) => runAsNonRoot === false);
    if (setters !== undefined) return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
    const open = contextOf(pod.spec).runAsNonRoot ? [] : containersWhere(pod, ({ runAsNonRoot }) => runAsNonRoot === undefined);
    return open.length === 0 ? undefined : { reason, detail: `pod or ${named('container', open)} must set securityContext.runAsNonRoot=true` };
  },
  runAsUser(pod) {
    const setters = isRootElsewhere(pod) ? undefined : settersOf(pod, ({ runAsUser }) => runAsUser === 0);
    return setters === undefined ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
  },
  seccompProfile_restricted(pod) {
    if (isWindows(pod)) return undefined;
    const other = otherSeccompProfile(pod);
    if (other) return other;
    const open = contextOf(pod.spec).seccompProfile ? [] : containersWhere(pod, ({ seccompProfile }) => seccompProfile === undefined);
    return open.length === 0 ? undefined : { reason: 'seccompProfile', detail: `pod or ${named('container', open)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` };
  },
};

const isWindows = ({ spec }: JudgedPod): boolean => spec.os?.name === 'windows';

/** In a user namespace of its own, root is nobody on the node. */
const isRootElsewhere = ({ spec }: JudgedPod): boolean => spec.hostUsers === false;
