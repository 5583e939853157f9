/** EndpointSlice: addresses behind a Service, with their state. See pkg/registry/discovery/endpointslice/strategy.go. */
import { invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import { column, defineKind, type Loose } from './define.ts';

export interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  hostname?: string;
  targetRef?: { kind?: string; namespace?: string; name?: string; uid?: string };
  nodeName?: string;
  zone?: string;
  hints?: unknown;
}

export interface EndpointSlice extends KubeObject {
  addressType: 'IPv4' | 'IPv6' | 'FQDN';
  endpoints?: Endpoint[] | null;
  ports?: { name?: string; protocol?: string; port?: number; appProtocol?: string }[] | null;
}

export const endpointslice = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  generation: false,
  defaults(slice) {
    for (const port of slice.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate(slice) {
    slice.metadata.generation = 1;
  },
  prepareForUpdate(next, previous) {
    const content = (slice: unknown) => JSON.stringify({ e: (slice as EndpointSlice).endpoints, p: (slice as EndpointSlice).ports });
    if (content(next) !== content(previous)) next.metadata.generation = (previous.metadata.generation ?? 0) + 1;
  },
  validate(slice) {
    const errors: FieldError[] = [];
    if (!slice.addressType) errors.push(required('addressType'));
    else if (!['FQDN', 'IPv4', 'IPv6'].includes(slice.addressType)) errors.push(notSupported('addressType', slice.addressType, ['FQDN', 'IPv4', 'IPv6']));
    return errors;
  },
  validateUpdate: (next, previous) => (next.addressType === previous.addressType ? [] : [invalidValue('addressType', next.addressType, 'field is immutable')]),
  middle: [column('AddressType', (slice) => slice['addressType']), column('Ports', (slice) => listOf(slice, ports)), column('Endpoints', (slice) => listOf(slice, addresses))] as never,
});

const ports = (slice: EndpointSlice) => (slice.ports ?? []).map((port) => (port.port === undefined ? (port.name ?? '*') : String(port.port)));
const addresses = (slice: EndpointSlice) => (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);

/** Three, and how many more. */
function listOf(object: Loose, read: (slice: EndpointSlice) => string[]): string {
  const all = read(object as unknown as EndpointSlice);
  if (all.length === 0) return '<unset>';
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}
