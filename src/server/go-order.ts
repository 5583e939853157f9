/**
 * The order in which Go's encoder writes an object: that of the fields of its struct, beginning with what every object
 * has; a custom object is a map there, and maps are written by their keys. Fields inside of these keep the order that
 * they were given in. See apimachinery/pkg/apis/meta/v1/types.go.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import type { Kind } from '../kinds/kind.ts';

const METADATA = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields'];

type Fields = Readonly<Record<string, unknown>>;

export function inGoOrder(kind: Pick<Kind, 'custom'>, object: Stored<KubeObject>): object {
  const fields = object as unknown as Fields;
  if (kind.custom) return pick(fields, Object.keys(fields).toSorted());
  return { kind: object.kind, apiVersion: object.apiVersion, metadata: pick(object.metadata as Fields, METADATA), ...pick(fields, Object.keys(fields).filter((field) => !FIRST.has(field)).toSorted(statusLast)) };
}

const FIRST = new Set(['kind', 'apiVersion', 'metadata']);

const statusLast = (a: string, b: string): number => Number(a === 'status') - Number(b === 'status');

function pick(fields: Fields, names: readonly string[]): Fields {
  const picked: Record<string, unknown> = {};
  for (const name of names) if (fields[name] !== undefined) picked[name] = fields[name];
  return picked;
}
