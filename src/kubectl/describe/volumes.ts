/** Volumes of pods and templates. See describeVolumes in kubectl/pkg/describe/describe.go. */
import { dig } from '../object.ts';
import type { Writer } from './writer.ts';

export interface Volume {
  readonly name: string;
  readonly [source: string]: unknown;
}

type Lines = readonly (readonly [title: string, value: string])[];

const text = (value: unknown, otherwise = '') => (value === undefined || value === null ? otherwise : String(value as string | number | boolean));

/** By the field of the volume that is set: its type in words, and what is told of it. */
const SOURCES: Readonly<Record<string, (source: unknown) => Lines>> = {
  hostPath: (source) => [['Type', 'HostPath (bare host directory volume)'], ['Path', text(dig(source, 'path'))], ['HostPathType', text(dig(source, 'type'), '<none>')]],
  emptyDir: (source) => [['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"], ['Medium', text(dig(source, 'medium'))], ['SizeLimit', text(dig(source, 'sizeLimit'), '<unset>')]],
  secret: (source) => [['Type', 'Secret (a volume populated by a Secret)'], ['SecretName', text(dig(source, 'secretName'))], ['Optional', text(dig(source, 'optional'), 'false')]],
  configMap: (source) => [['Type', 'ConfigMap (a volume populated by a ConfigMap)'], ['Name', text(dig(source, 'name'))], ['Optional', text(dig(source, 'optional'), 'false')]],
  persistentVolumeClaim: (source) => [['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'], ['ClaimName', text(dig(source, 'claimName'))], ['ReadOnly', text(dig(source, 'readOnly'), 'false')]],
  projected: (source) => [
    ['Type', 'Projected (a volume that contains injected data from multiple sources)'],
    ...((dig(source, 'sources') as Record<string, unknown>[] | undefined) ?? []).flatMap((one): Lines => {
      if (one['secret']) return [['SecretName', text(dig(one, 'secret', 'name'))], ['Optional', text(dig(one, 'secret', 'optional'), 'false')]];
      if (one['downwardAPI']) return [['DownwardAPI', 'true']];
      if (one['configMap']) return [['ConfigMapName', text(dig(one, 'configMap', 'name'))], ['Optional', text(dig(one, 'configMap', 'optional'), 'false')]];
      return one['serviceAccountToken'] ? [['TokenExpirationSeconds', text(dig(one, 'serviceAccountToken', 'expirationSeconds'), '0')]] : [];
    }),
  ],
  nfs: (source) => [['Type', 'NFS (an NFS mount that lasts the lifetime of a pod)'], ['Server', text(dig(source, 'server'))], ['Path', text(dig(source, 'path'))], ['ReadOnly', text(dig(source, 'readOnly'), 'false')]],
};

/** What is known of one source, or undefined for a field that is none. */
export function sourceLines(field: string, source: unknown): Lines | undefined {
  return SOURCES[field]?.(source);
}

export function writeVolumes(out: Writer, volumes: readonly Volume[], space: string): void {
  if (volumes.length === 0) return out.line(0, `${space}Volumes:\t<none>`);
  out.line(0, `${space}Volumes:`);
  for (const volume of volumes) {
    out.line(1, `${space ? ' ' : ''}${volume.name}:`);
    const field = Object.keys(volume).find((key) => key !== 'name') ?? '';
    if (field === 'downwardAPI') {
      writeDownward(out, (dig(volume, 'downwardAPI', 'items') as Item[] | undefined) ?? []);
      continue;
    }
    const lines = SOURCES[field]?.(volume[field]);
    if (!lines) out.line(2, '<unknown>');
    for (const [title, value] of lines ?? []) out.line(2, `${title}:\t${value}`);
  }
}

interface Item {
  readonly path: string;
  readonly fieldRef?: { readonly fieldPath: string };
  readonly resourceFieldRef?: { readonly resource: string };
}

function writeDownward(out: Writer, items: readonly Item[]): void {
  out.line(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)');
  out.line(2, 'Items:');
  for (const item of items) {
    if (item.fieldRef) out.line(3, `${item.fieldRef.fieldPath} -> ${item.path}`);
    if (item.resourceFieldRef) out.line(3, `${item.resourceFieldRef.resource} -> ${item.path}`);
  }
}
