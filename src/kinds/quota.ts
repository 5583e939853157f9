/** ResourceQuota and LimitRange: how much a namespace may use. See pkg/apis/core/validation. */
import { invalidValue } from '../api/field-error.ts';
import { canonicalQuantity } from '../api/quantity.ts';
import { column, defineKind, nameColumn, type Loose } from './define.ts';
import { validateScopes } from './quota/scopes.ts';

export const resourcequota = defineKind({
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  subresources: ['status'],
  returnsDeleted: true,
  defaults(object) {
    const hard = (object['spec'] ??= {}).hard as Record<string, string> | undefined;
    for (const [name, amount] of Object.entries(hard ?? {})) hard![name] = canonicalQuantity(String(amount));
  },
  prepareForCreate(object) {
    object['status'] = {};
  },
  validate: ({ spec }) => validateScopes(spec ?? {}),
  validateUpdate: (next, previous) => (sameScopes(next, previous as Loose) ? [] : [invalidValue('spec.scopes', next['spec'].scopes ?? [], 'field is immutable')]),
  middle: [column('Request', (quota) => used(quota, (name) => !name.startsWith('limits'))), column('Limit', (quota) => used(quota, (name) => name.startsWith('limits')))],
});

/** What a quota is about never changes. */
const sameScopes = (next: Loose, previous: Loose): boolean => scopesOf(next) === scopesOf(previous);

const scopesOf = (quota: Loose): string => ((quota['spec'].scopes ?? []) as string[]).toSorted().join();

function used(quota: Loose, chosen: (name: string) => boolean): string {
  const { hard = {}, used: usage = {} } = (quota['status'] ?? {}) as { hard?: Record<string, string>; used?: Record<string, string> };
  return Object.keys(hard)
    .filter(chosen)
    .toSorted()
    .map((name) => `${name}: ${usage[name] ?? '0'}/${hard[name]}`)
    .join(', ');
}

export const limitrange = defineKind({
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  defaults(object) {
    for (const limit of ((object['spec'] ??= {}).limits ?? []) as Record<string, Record<string, string>>[]) {
      for (const field of ['max', 'min', 'default', 'defaultRequest']) for (const [name, amount] of Object.entries(limit[field] ?? {})) limit[field]![name] = canonicalQuantity(String(amount));
      // Who names a limit and nothing else means it for both.
      if ((limit as { type?: unknown }).type !== 'Container') continue;
      limit['default'] = { ...limit['max'], ...limit['default'] };
      limit['defaultRequest'] ??= {};
      for (const source of [limit['default'], limit['min']]) for (const [name, amount] of Object.entries(source ?? {})) limit['defaultRequest'][name] ??= amount;
      for (const field of ['default', 'defaultRequest']) if (!Object.keys(limit[field] ?? {}).length) delete limit[field];
    }
  },
  columns: [nameColumn<Loose>(), column('Created At', (range) => range.metadata.creationTimestamp ?? '')],
});
