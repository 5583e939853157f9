/**
 * Writes down as an IPAddress every address that a Service holds, and forgets those that none holds any more.
 * Differs from Kubernetes: there the IPAddress is the claim itself, made before the Service is stored; here what is taken is
 * read from the Services. See pkg/registry/core/service/ipallocator/ipallocator.go.
 */
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import { parseIpv4 } from '../base/address.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { list, unlessGone } from './objects.ts';

const RESOURCE = 'ipaddresses.networking.k8s.io';

interface Holder extends KubeObject {
  spec?: { clusterIPs?: string[] };
}

export function ipAddressController({ registry }: ControllerContext): Controller {
  return {
    name: 'ip-address',
    watches: [
      { group: '', resource: 'services', toKeys: (object, _type, previous) => [...held(object), ...(previous ? held(previous) : [])] },
      { group: 'networking.k8s.io', resource: 'ipaddresses', toKeys: ({ metadata: { name } }) => [{ name }] },
    ],
    reconcile: ({ name }) => {
      const known = registry.find(RESOURCE, name);
      const holder = list<Holder>(registry, 'services').find(({ spec }) => spec?.clusterIPs?.includes(name));
      if (!holder && known) unlessGone(() => registry.delete(RESOURCE, name, undefined));
      if (holder && !known) registry.create(RESOURCE, addressOf(name, holder));
    },
  };
}

const held = (service: Stored<KubeObject>): readonly ObjectKey[] => ((service as unknown as Stored<Holder>).spec?.clusterIPs ?? []).filter((ip) => parseIpv4(ip)).map((name) => ({ name }));

const addressOf = (ip: string, { metadata: { name, namespace } }: Stored<Holder>) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name: ip, labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
  spec: { parentRef: { group: '', name, namespace, resource: 'services' } },
});
