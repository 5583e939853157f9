/**
 * A pod's spec as the server holds it inside: Go's internal structs, every field in order, set or not.
 * Clients meet it in one place, the diff after a refused change of a pod. See pkg/apis/core/types.go.
 */
import { isRecord } from '../../api/deep.ts';
import type { PodSpec, PodTemplate } from './types.ts';

/**
 * Fields in Go's order. After the name: nothing for a pointer, list or map (null when it is not set), `s` a string,
 * `i` a number, `b` a boolean, or the struct's name, `!` before it when it is no pointer. `=` gives a JSON name that does
 * not follow from Go's.
 */
const STRUCTS: Readonly<Record<string, string>> = {
  PodSpec:
    'Volumes:Volume InitContainers:Container Containers:Container EphemeralContainers:Container RestartPolicy:s TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy:s NodeSelector ServiceAccountName:s AutomountServiceAccountToken NodeName:s SecurityContext:PodSecurityContext ImagePullSecrets:LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN Affinity:Affinity SchedulerName:s Tolerations:Toleration HostAliases:HostAlias PriorityClassName:s Priority PreemptionPolicy DNSConfig:PodDNSConfig ReadinessGates:PodReadinessGate RuntimeClassName Overhead EnableServiceLinks TopologySpreadConstraints:TopologySpreadConstraint OS:PodOS SchedulingGates:LocalObjectReference ResourceClaims Resources:ResourceRequirements HostnameOverride SchedulingGroup',
  PodSecurityContext:
    'HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace HostUsers SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls SeccompProfile:SeccompProfile AppArmorProfile SELinuxChangePolicy',
  Container:
    'Name:s Image:s Command Args WorkingDir:s Ports:ContainerPort EnvFrom:EnvFromSource Env:EnvVar Resources:!ResourceRequirements ResizePolicy RestartPolicy RestartPolicyRules VolumeMounts:VolumeMount VolumeDevices LivenessProbe:Probe ReadinessProbe:Probe StartupProbe:Probe Lifecycle:Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:SecurityContext Stdin:b StdinOnce:b TTY:b',
  ContainerPort: 'Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s',
  EnvFromSource: 'Prefix:s ConfigMapRef:EnvSource SecretRef:EnvSource',
  EnvSource: 'Name:s Optional',
  EnvVar: 'Name:s Value:s ValueFrom:EnvVarSource',
  EnvVarSource: 'FieldRef:ObjectFieldSelector ResourceFieldRef:ResourceFieldSelector ConfigMapKeyRef:KeySelector SecretKeyRef:KeySelector FileKeyRef',
  ObjectFieldSelector: 'APIVersion:s FieldPath:s',
  ResourceFieldSelector: 'ContainerName:s Resource:s Divisor:s',
  KeySelector: 'Name:s Key:s Optional',
  ResourceRequirements: 'Limits Requests Claims',
  VolumeMount: 'Name:s ReadOnly:b RecursiveReadOnly MountPath:s SubPath:s MountPropagation SubPathExpr:s',
  Probe: 'Exec:ExecAction HTTPGet:HTTPGetAction TCPSocket:TCPSocketAction GRPC InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds',
  ExecAction: 'Command',
  HTTPGetAction: 'Path:s Port:i Host:s Scheme:s HTTPHeaders',
  TCPSocketAction: 'Port:i Host:s',
  Lifecycle: 'PostStart:LifecycleHandler PreStop:LifecycleHandler StopSignal',
  LifecycleHandler: 'Exec:ExecAction HTTPGet:HTTPGetAction TCPSocket:TCPSocketAction Sleep',
  SecurityContext: 'Capabilities:Capabilities Privileged SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot ReadOnlyRootFilesystem AllowPrivilegeEscalation ProcMount SeccompProfile:SeccompProfile AppArmorProfile',
  Capabilities: 'Add Drop',
  SeccompProfile: 'Type:s LocalhostProfile',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds',
  HostAlias: 'IP:s Hostnames',
  LocalObjectReference: 'Name:s',
  PodDNSConfig: 'Nameservers Searches Options',
  PodReadinessGate: 'ConditionType:s',
  PodOS: 'Name:s',
  TopologySpreadConstraint: 'MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:raw MinDomains NodeAffinityPolicy NodeTaintsPolicy MatchLabelKeys',
  Affinity: 'NodeAffinity:NodeAffinity PodAffinity:PodAffinity PodAntiAffinity:PodAffinity',
  NodeAffinity: 'RequiredDuringSchedulingIgnoredDuringExecution:NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms:NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions:NodeSelectorRequirement MatchFields:NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key:s Operator:s Values',
  PreferredSchedulingTerm: 'Weight:i Preference:!NodeSelectorTerm',
  PodAffinity: 'RequiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm',
  PodAffinityTerm: 'LabelSelector:raw Namespaces TopologyKey:s NamespaceSelector:raw MatchLabelKeys MismatchLabelKeys',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:!PodAffinityTerm',
  Volume:
    'Name:s HostPath:HostPathVolumeSource EmptyDir:EmptyDirVolumeSource GCEPersistentDisk AWSElasticBlockStore GitRepo Secret:SecretVolumeSource NFS ISCSI Glusterfs PersistentVolumeClaim:PersistentVolumeClaimVolumeSource RBD Quobyte FlexVolume Cinder CephFS=cephfs Flocker DownwardAPI:DownwardAPIVolumeSource FC AzureFile ConfigMap:ConfigMapVolumeSource VsphereVolume AzureDisk PhotonPersistentDisk Projected:ProjectedVolumeSource PortworxVolume ScaleIO StorageOS=storageos CSI Ephemeral Image',
  HostPathVolumeSource: 'Path:s Type',
  EmptyDirVolumeSource: 'Medium:s SizeLimit',
  SecretVolumeSource: 'SecretName:s Items:KeyToPath DefaultMode Optional',
  ConfigMapVolumeSource: 'Name:s Items:KeyToPath DefaultMode Optional',
  KeyToPath: 'Key:s Path:s Mode',
  PersistentVolumeClaimVolumeSource: 'ClaimName:s ReadOnly:b',
  DownwardAPIVolumeSource: 'Items:DownwardAPIVolumeFile DefaultMode',
  DownwardAPIVolumeFile: 'Path:s FieldRef:ObjectFieldSelector ResourceFieldRef:ResourceFieldSelector Mode',
  ProjectedVolumeSource: 'Sources:VolumeProjection DefaultMode',
  VolumeProjection: 'Secret:Projection DownwardAPI:DownwardAPIProjection ConfigMap:Projection ServiceAccountToken:ServiceAccountTokenProjection ClusterTrustBundle PodCertificate',
  Projection: 'Name:s Items:KeyToPath Optional',
  DownwardAPIProjection: 'Items:DownwardAPIVolumeFile',
  ServiceAccountTokenProjection: 'Audience:s ExpirationSeconds Path:s',
};

const ZEROS: Readonly<Record<string, unknown>> = { s: '', i: 0, b: false };
/** In the pod's spec for clients, in its security context inside. */
const MOVED = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const;

/** The lines of the struct as indented JSON. */
export function podSpecLines(spec: PodSpec): string[] {
  const moved = Object.fromEntries(MOVED.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])));
  const inside = { ...spec, securityContext: { ...spec.securityContext, ...moved } };
  const text = JSON.stringify(struct('PodSpec', inside), undefined, 1);
  // Go's encoder is careful about HTML.
  return text.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`).split('\n');
}

/** A pod template the same way; its metadata has JSON names inside as well. */
export function podTemplateInside(template: PodTemplate | undefined): Record<string, unknown> {
  return { ...template?.metadata, Spec: struct('PodSpec', template?.spec) };
}

function struct(name: string, value: unknown): Record<string, unknown> {
  const from = isRecord(value) ? value : {};
  const result: Record<string, unknown> = {};
  for (const entry of STRUCTS[name]!.split(' ')) {
    const [names = '', type = ''] = entry.split(':');
    const [goName = '', jsonName = jsonNameOf(names)] = names.split('=');
    result[goName] = member(type, from[jsonName]);
  }
  return result;
}

function member(type: string, value: unknown): unknown {
  if (type.startsWith('!')) return struct(type.slice(1), value);
  if (value === undefined || value === null) return Object.hasOwn(ZEROS, type) ? ZEROS[type] : null;
  // Label selectors are the same inside as outside.
  if (type === 'raw' || Object.hasOwn(ZEROS, type)) return value;
  if (Object.hasOwn(STRUCTS, type)) return Array.isArray(value) ? value.map((item) => struct(type, item)) : struct(type, value);
  return isRecord(value) ? sortedMap(value) : value;
}

const sortedMap = (map: Record<string, unknown>) => Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** `DNSPolicy` → `dnsPolicy`, `OS` → `os`, `SELinuxOptions` → `seLinuxOptions`. */
function jsonNameOf(goName: string): string {
  const capitals = /^[A-Z]+/.exec(goName)?.[0].length ?? 0;
  const lower = capitals > 1 && capitals < goName.length ? capitals - 1 : capitals;
  return goName.slice(0, lower).toLowerCase() + goName.slice(lower);
}
