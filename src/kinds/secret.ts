/** Secret: small things not for everyone's eyes, in base64. See pkg/registry/core/secret/strategy.go. */
import { utf8Encode } from '../base/bytes.ts';
import { isEqual } from '../api/deep.ts';
import { forbiddenField, invalidValue, required, tooLong, type FieldError } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import { keyErrors } from './configmap.ts';
import { column, defineKind } from './define.ts';

export interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  immutable?: boolean;
}

/** Keys that a type cannot do without. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

export const secret = defineKind<Secret>({
  kind: 'Secret',
  plural: 'secrets',
  defaults(secret) {
    secret.type ||= 'Opaque';
    for (const [key, value] of Object.entries(secret.stringData ?? {})) (secret.data ??= {})[key] = btoa(utf8Encode(value));
    delete secret.stringData;
  },
  validate(secret) {
    const errors: FieldError[] = [];
    let size = 0;
    for (const [key, value] of Object.entries(secret.data ?? {})) {
      errors.push(...keyErrors(key, 'data'));
      size += (value.length * 3) / 4;
    }
    if (size > 1024 * 1024) errors.push(tooLong('data', 1024 * 1024));
    for (const key of REQUIRED_KEYS[secret.type ?? ''] ?? []) if (secret.data?.[key] === undefined) errors.push(required(`data[${key}]`));
    if (secret.type === 'kubernetes.io/basic-auth' && secret.data?.['username'] === undefined && secret.data?.['password'] === undefined) {
      errors.push(required('data[username]'), required('data[password]'));
    }
    if (secret.type === 'kubernetes.io/service-account-token' && !secret.metadata.annotations?.['kubernetes.io/service-account.name']) errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    if (next.type !== previous.type) errors.push(invalidValue('type', next.type, 'field is immutable'));
    if (!previous.immutable) return errors;
    if (!next.immutable) errors.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
    if (!isEqual(next.data, previous.data)) errors.push(forbiddenField('data', 'field is immutable when `immutable` is set'));
    return errors;
  },
  selectableFields: { type: (secret) => secret.type ?? '' },
  middle: [column('Type', (secret) => secret['type'], { description: 'Used to facilitate programmatic handling of secret data.' }), column('Data', (secret) => Object.keys(secret['data'] ?? {}).length)] as never,
});
