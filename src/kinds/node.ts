/** Node: a machine that runs pods. See pkg/registry/core/node/strategy.go. */
import { duplicate, invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import { joined } from './cells.ts';
import { column, defineKind, wide, type Loose } from './define.ts';
import { labelValueProblems, qualifiedNameProblems } from './metadata.ts';
import { canonicalResources } from './pod/defaults.ts';

export interface Taint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  timeAdded?: string;
}

export interface Node extends KubeObject {
  spec: { podCIDR?: string; podCIDRs?: string[]; providerID?: string; unschedulable?: boolean; taints?: Taint[] };
  status?: {
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
    conditions?: { type: string; status: 'True' | 'False' | 'Unknown'; lastHeartbeatTime?: string; lastTransitionTime?: string; reason?: string; message?: string }[];
    addresses?: { type: string; address: string }[];
    daemonEndpoints?: { kubeletEndpoint?: { Port: number } };
    nodeInfo?: Record<string, unknown>;
    images?: { names?: string[]; sizeBytes?: number }[];
    [field: string]: unknown;
  };
}

export const node = defineKind<Node>({
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: ['proxy', 'status'],
  // A kubelet registers with its status in one request.
  keepsStatus: false,
  defaults(node) {
    node.spec ??= {};
    const status = (node.status ??= {});
    canonicalResources({ requests: status.capacity ?? {}, limits: status.allocatable ?? {} });
    status.allocatable ??= status.capacity ? { ...status.capacity } : {};
    if (Object.keys(status.allocatable).length === 0) delete status.allocatable;
  },
  prepareForUpdate(next, previous) {
    if (previous.status) next.status = previous.status as NonNullable<Node['status']>;
    if (!next.spec.podCIDR && previous.spec.podCIDR) {
      next.spec.podCIDR = previous.spec.podCIDR;
      next.spec.podCIDRs = [...(previous.spec.podCIDRs ?? [previous.spec.podCIDR])];
    }
    if (next.spec.unschedulable === false) delete next.spec.unschedulable;
  },
  validate: (node) => validateTaints(node.spec?.taints ?? []),
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    if (previous.spec.podCIDR && next.spec.podCIDR !== previous.spec.podCIDR) {
      errors.push({ path: 'spec.podCIDRs', type: 'Forbidden', detail: 'node updates may not change podCIDR except from "" to valid' });
    }
    if (previous.spec.providerID && next.spec.providerID !== previous.spec.providerID) errors.push({ path: 'spec.providerID', type: 'Forbidden', detail: 'node updates may not change providerID except from "" to valid' });
    return errors;
  },
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec.unschedulable ?? false) },
  middle: [
    column('Status', readiness, { description: 'The status of the node' }),
    column('Roles', (node) => roles(node), { description: 'The roles of the node' }),
  ] as never,
  after: [
    column('Version', (node) => node['status']?.nodeInfo?.kubeletVersion ?? ''),
    wide('Internal-IP', (node) => address(node, 'InternalIP')),
    wide('External-IP', (node) => address(node, 'ExternalIP')),
    wide('OS-Image', (node) => node['status']?.nodeInfo?.osImage || '<unknown>'),
    wide('Kernel-Version', (node) => node['status']?.nodeInfo?.kernelVersion || '<unknown>'),
    wide('Container-Runtime', (node) => node['status']?.nodeInfo?.containerRuntimeVersion || '<unknown>'),
  ] as never,
});

function readiness(object: Loose): string {
  const node = object as unknown as Node;
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (node.spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function roles(object: Loose): string {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(object.metadata.labels ?? {})) {
    if (key.startsWith('node-role.kubernetes.io/')) found.add(key.slice('node-role.kubernetes.io/'.length));
    else if (key === 'kubernetes.io/role' && value) found.add(value);
  }
  return joined([...found].filter(Boolean).toSorted());
}

const address = (object: Loose, type: string) => (object as unknown as Node).status?.addresses?.find((entry) => entry.type === type)?.address ?? '<none>';

function validateTaints(taints: readonly Taint[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  taints.forEach((taint, index) => {
    const path = `metadata.taints[${index}]`;
    for (const problem of qualifiedNameProblems(taint.key ?? '')) errors.push(invalidValue(`${path}.key`, taint.key ?? '', problem));
    for (const problem of labelValueProblems(taint.value ?? '')) errors.push(invalidValue(`${path}.value`, taint.value, problem));
    if (!taint.effect) errors.push(required(`${path}.effect`));
    else if (!['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(taint.effect)) errors.push(notSupported(`${path}.effect`, taint.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
    const identity = `${taint.effect}/${taint.key}`;
    if (seen.has(identity)) errors.push({ ...duplicate(path, { Key: taint.key, Value: taint.value ?? '', Effect: taint.effect, TimeAdded: taint.timeAdded ?? null }), detail: 'taints must be unique by key and effect pair' });
    seen.add(identity);
  });
  return errors;
}
