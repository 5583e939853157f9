/** ConfigMap: settings as text. See pkg/registry/core/configmap/strategy.go. */
import { isEqual } from '../api/deep.ts';
import { forbiddenField, invalidValue, tooLong, type FieldError } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import { column, defineKind } from './define.ts';

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

const KEY_RULE = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const MOST_BYTES = 1024 * 1024;

export const configmap = defineKind<ConfigMap>({
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  validate(map) {
    const errors: FieldError[] = [];
    let size = 0;
    for (const field of ['data', 'binaryData'] as const) {
      for (const [key, value] of Object.entries(map[field] ?? {})) {
        errors.push(...keyErrors(key, field));
        size += value.length;
      }
    }
    for (const key of Object.keys(map.data ?? {})) if (map.binaryData?.[key] !== undefined) errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    if (size > MOST_BYTES) errors.push(tooLong('', MOST_BYTES));
    return errors;
  },
  validateUpdate(next, previous) {
    if (!previous.immutable) return [];
    const errors: FieldError[] = [];
    if (!next.immutable) errors.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
    for (const field of ['data', 'binaryData'] as const) if (!isEqual(next[field], previous[field])) errors.push(forbiddenField(field, 'field is immutable when `immutable` is set'));
    return errors;
  },
  middle: [column('Data', (map) => Object.keys(map['data'] ?? {}).length + Object.keys(map['binaryData'] ?? {}).length, { description: 'Data contains the configuration data. Each key must consist of alphanumeric characters, \'-\', \'_\' or \'.\'.' })] as never,
});

/** Keys are file names when they are mounted. */
export function keyErrors(key: string, field: string): FieldError[] {
  const path = `${field}[${key}]`;
  const problems: string[] = [];
  if (key.length > 253) problems.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) problems.push(KEY_RULE);
  if (key === '.') problems.push("must not be '.'");
  else if (key === '..') problems.push("must not be '..'");
  else if (key.startsWith('..')) problems.push("must not start with '..'");
  return problems.map((problem) => invalidValue(path, key, problem));
}
