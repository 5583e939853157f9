/**
 * Calico's own kinds, as far as anything here goes by them: its pool of addresses, who has which block of it, and the
 * two objects that Felix makes of its defaults. See projectcalico/calico, manifests/crds.yaml.
 * Differs from Kubernetes: of the some thirty definitions those are left out whose objects nothing would obey (BGP peers,
 * host endpoints, Calico's own policies); and the schemas name no fields.
 */
import type { Manifest } from './manifest.ts';

const GROUP = 'crd.projectcalico.org';

const KINDS: readonly (readonly [kind: string, plural: string])[] = [
  ['BlockAffinity', 'blockaffinities'], ['ClusterInformation', 'clusterinformations'], ['FelixConfiguration', 'felixconfigurations'],
  ['IPAMBlock', 'ipamblocks'], ['IPPool', 'ippools'],
];

export function calicoDefinitions(): readonly Manifest[] {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, spec: anything } } };
  return KINDS.map(([kind, plural]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: { group: GROUP, names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() }, preserveUnknownFields: false, scope: 'Cluster', versions: [{ name: 'v1', served: true, storage: true, schema }] },
  }));
}
