/** PersistentVolumes and their claims. See kubectl/pkg/describe/describe.go. */
import { dig, type KubeObject } from '../object.ts';
import { writeEvents, type Event } from './events.ts';
import { writeHead, writeMeta } from './fields.ts';
import { sourceLines } from './volumes.ts';
import type { Writer } from './writer.ts';

const MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

const modesOf = (modes: unknown): string => {
  const given = new Set((modes as readonly string[] | undefined) ?? []);
  return Object.keys(MODES).filter((mode) => given.has(mode)).map((mode) => MODES[mode]!).join(',');
};
const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value as string | number | boolean));
const finalizersOf = (object: KubeObject): string => `[${((object.metadata?.['finalizers'] as readonly string[] | undefined) ?? []).join(' ')}]`;
const statusOf = (object: KubeObject): string => (object.metadata?.deletionTimestamp ? 'Terminating' : text(dig(object, 'status', 'phase')));

/** @param users pods that mount it */
export function describeClaim(out: Writer, object: KubeObject, users: readonly KubeObject[], events: readonly Event[]): void {
  const isBound = text(dig(object, 'spec', 'volumeName')) !== '';
  writeHead(out, object);
  out.line(0, `StorageClass:\t${object.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? text(dig(object, 'spec', 'storageClassName'))}`);
  out.line(0, `Status:\t${statusOf(object)}`);
  out.line(0, `Volume:\t${text(dig(object, 'spec', 'volumeName'))}`);
  writeMeta(out, object);
  out.line(0, `Finalizers:\t${finalizersOf(object)}`);
  out.line(0, `Capacity:\t${isBound ? text(dig(object, 'status', 'capacity', 'storage')) : ''}`);
  out.line(0, `Access Modes:\t${isBound ? modesOf(dig(object, 'status', 'accessModes')) : ''}`);
  if (dig(object, 'spec', 'volumeMode') !== undefined) out.line(0, `VolumeMode:\t${text(dig(object, 'spec', 'volumeMode'))}`);
  const source = dig(object, 'spec', 'dataSource') as { readonly apiGroup?: string; readonly kind: string; readonly name: string } | undefined;
  if (source) {
    out.line(0, 'DataSource:');
    if (source.apiGroup) out.line(1, `APIGroup:\t${source.apiGroup}`);
    out.line(1, `Kind:\t${source.kind}`);
    out.line(1, `Name:\t${source.name}`);
  }
  out.line(0, `Used By:\t${users.map((pod) => pod.metadata?.name).join('\n\t') || '<none>'}`);
  writeConditions(out, (dig(object, 'status', 'conditions') as readonly Condition[] | undefined) ?? []);
  writeEvents(out, events);
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastProbeTime?: string | null;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

function writeConditions(out: Writer, conditions: readonly Condition[]): void {
  if (conditions.length === 0) return;
  out.write('Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const one of conditions) out.write(`  ${one.type} \t${one.status} \t${one.lastProbeTime ?? ''} \t${one.lastTransitionTime ?? ''} \t${one.reason ?? ''} \t${one.message ?? ''}\n`);
}

interface Term {
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

export function describeVolume(out: Writer, object: KubeObject, events: readonly Event[]): void {
  const claim = dig(object, 'spec', 'claimRef') as { readonly namespace: string; readonly name: string } | undefined;
  writeHead(out, object, { namespace: false });
  writeMeta(out, object);
  out.line(0, `Finalizers:\t${finalizersOf(object)}`);
  out.line(0, `StorageClass:\t${text(dig(object, 'spec', 'storageClassName'))}`);
  out.line(0, `Status:\t${statusOf(object)}`);
  out.line(0, `Claim:\t${claim ? `${claim.namespace}/${claim.name}` : ''}`);
  out.line(0, `Reclaim Policy:\t${text(dig(object, 'spec', 'persistentVolumeReclaimPolicy'))}`);
  out.line(0, `Access Modes:\t${modesOf(dig(object, 'spec', 'accessModes'))}`);
  if (dig(object, 'spec', 'volumeMode') !== undefined) out.line(0, `VolumeMode:\t${text(dig(object, 'spec', 'volumeMode'))}`);
  out.line(0, `Capacity:\t${text(dig(object, 'spec', 'capacity', 'storage'))}`);
  writeAffinity(out, (dig(object, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms') as readonly Term[] | undefined) ?? []);
  out.line(0, `Message:\t${text(dig(object, 'status', 'message'))}`);
  out.line(0, 'Source:');
  for (const [field, source] of Object.entries((object['spec'] ?? {}) as Readonly<Record<string, unknown>>)) {
    for (const [title, value] of sourceLines(field, source) ?? []) out.line(2, `${title}:\t${value}`);
  }
  writeEvents(out, events);
}

function writeAffinity(out: Writer, terms: readonly Term[]): void {
  if (terms.length === 0) return out.line(0, 'Node Affinity:\t<none>');
  out.line(0, 'Node Affinity:\t');
  out.line(1, 'Required Terms:\t');
  terms.forEach((term, index) => {
    const lines = (term.matchExpressions ?? []).map(({ key, operator, values }) => `${key} ${operator.toLowerCase()}${values?.length ? ` [${values.join(', ')}]` : ''}`);
    out.line(2, `Term ${index}:\t${lines.join('\n    \t') || '<none>'}`);
  });
}
