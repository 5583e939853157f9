/** Endpoints: the older list of addresses behind a Service. See pkg/registry/core/endpoint/strategy.go. */
import type { KubeObject } from '../api/object.ts';
import { column, defineKind, type Loose } from './define.ts';

export interface EndpointAddress {
  ip: string;
  hostname?: string;
  nodeName?: string;
  targetRef?: { kind?: string; namespace?: string; name?: string; uid?: string };
}

export interface Endpoints extends KubeObject {
  subsets?: { addresses?: EndpointAddress[]; notReadyAddresses?: EndpointAddress[]; ports?: { name?: string; port: number; protocol?: string; appProtocol?: string }[] }[];
}

/** More are not shown. */
const SHOWN = 3;

export const endpoints = defineKind<Endpoints>({
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  defaults(endpoints) {
    for (const subset of endpoints.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
  },
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  middle: [column('Endpoints', printEndpoints)] as never,
});

function printEndpoints(object: Loose): string {
  const all = ((object as unknown as Endpoints).subsets ?? []).flatMap((subset) =>
    (subset.ports?.length ? subset.ports : [undefined]).flatMap((port) => (subset.addresses ?? []).map((address) => (port ? `${address.ip}:${port.port}` : address.ip))),
  );
  if (all.length === 0) return '<none>';
  const shown = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown;
}
