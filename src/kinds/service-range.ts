/**
 * ServiceCIDR: a range that ClusterIPs are taken from; IPAddress: one that is taken. The addresses are given out by
 * `registry/service-addresses.ts` and written down by `controllers/ip-addresses.ts`. See pkg/registry/networking.
 */
import { parseCidr, parseIpv4 } from '../base/address.ts';
import { forbiddenField, invalidValue, required, type FieldError } from '../api/field-error.ts';
import { joined } from './cells.ts';
import { column, defineKind, type Loose } from './define.ts';

const networking = { group: 'networking.k8s.io', namespaced: false } as const;

export const servicecidr = defineKind({
  ...networking,
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  subresources: ['status'],
  prepareForCreate(object) {
    object.metadata.finalizers ??= ['networking.k8s.io/service-cidr-finalizer'];
  },
  validate({ spec }) {
    const cidrs = (spec?.cidrs ?? []) as string[];
    if (cidrs.length === 0) return [required('spec.cidrs', 'at least one CIDR required')];
    if (cidrs.length > 2) return [invalidValue('spec.cidrs', cidrs, 'may only hold up to 2 values')];
    return cidrs.flatMap((text, at) => (parseCidr(text) ? [] : [invalidValue(`spec.cidrs[${at}]`, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]));
  },
  validateUpdate: (next, previous) => (JSON.stringify(next['spec']) === JSON.stringify((previous as Loose)['spec']) ? [] : [invalidValue('spec.cidrs', next['spec'].cidrs, 'field is immutable')]),
  middle: [column('CIDRs', ({ spec }) => joined(spec.cidrs))],
});

export const ipaddress = defineKind({
  ...networking,
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  validate({ metadata, spec }) {
    const errors: FieldError[] = [];
    if (!parseIpv4(metadata.name ?? '')) errors.push(invalidValue('metadata.name', metadata.name ?? '', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
    if (!spec?.parentRef) errors.push(required('spec.parentRef'));
    else for (const field of ['resource', 'name']) if (!spec.parentRef[field]) errors.push(required(`spec.parentRef.${field}`));
    return errors;
  },
  validateUpdate: (next, previous) => (JSON.stringify(next['spec']) === JSON.stringify((previous as Loose)['spec']) ? [] : [forbiddenField('spec', 'field is immutable')]),
  middle: [column('ParentRef', ({ spec }) => parentText(spec?.parentRef))],
});

function parentText(parent: { group?: string; resource: string; namespace?: string; name: string } | undefined): string {
  if (!parent) return '<none>';
  const resource = parent.group ? `${parent.resource}.${parent.group}` : parent.resource;
  return `${resource}/${parent.namespace ? `${parent.namespace}/` : ''}${parent.name}`;
}
