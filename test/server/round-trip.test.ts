/**
 * Whatever the server hands out it takes back: `kubectl get -o yaml | kubectl replace -f -` with strict decoding, for every
 * object of a booted cluster on which one object of most kinds was made.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { Schema, type SchemaTable } from '../../src/kinds/schema.ts';
import { kinds } from '../../src/kinds/index.ts';
import { seededRng } from '../../src/base/rng.ts';
import { planNodes } from '../../src/sim/topology.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest } from '../support/simulation.ts';

const schema = new Schema(JSON.parse(readFileSync(new URL('../../src/data/schema.json', import.meta.url), 'utf8')) as SchemaTable);
const stored = kinds.filter((kind) => kind.stored).map((kind) => [[kind.plural, kind.version, kind.group].filter(Boolean).join('.'), kind] as const);

/** Kinds of which neither a new cluster nor the world of the kubectl tests has an object. */
const REST = `
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}}}
---
{apiVersion: v1, kind: PodTemplate, metadata: {name: form}, template: {metadata: {labels: {app: form}}, spec: {containers: [{name: c, image: nginx}]}}}
---
{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: csi.example.com}, spec: {podInfoOnMount: true, tokenRequests: [{audience: disks}]}}
---
{apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: room}, storageClassName: standard, capacity: 10Gi, nodeTopology: {matchLabels: {zone: a}}}
---
{apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: held}, spec: {attacher: csi.example.com, nodeName: cka-lab-worker, source: {persistentVolumeName: disk}}}
---
{apiVersion: storage.k8s.io/v1, kind: VolumeAttributesClass, metadata: {name: fast}, driverName: csi.example.com, parameters: {iops: '3000'}}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx}, spec: {controller: k8s.io/ingress-nginx}}
---
{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: runc}, handler: runc}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader}, rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: reader}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {name: jane}, spec: {request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUE9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: tabs.example.com}, spec: {group: example.com, scope: Cluster, names: {plural: tabs, kind: Tab}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}}
`;

let sim: Simulation;

beforeAll(async () => {
  sim = await bootForTest();
  apply(sim, readFileSync(new URL('../kubectl/world.yaml', import.meta.url), 'utf8'));
  apply(sim, REST);
  await sim.settle(120_000);
});

test.for(stored)('%s', ([, kind]) => {
  expect(sim.registry.list(kind).items).not.toEqual([]);
  for (const item of sim.registry.list(kind).items) {
    const type = schema.typeOf(kind);
    expect(type?.check(item as never), `${item.metadata.namespace}/${item.metadata.name}`).toEqual({ unknown: [] });
    expect(sim.registry.update(kind, item as never, { fieldValidation: 'Strict', dryRun: true })).toEqual(item);
  }
});

test('the addresses of the nodes are known from the seed, before there is a cluster', () => {
  const nodes = sim.registry.list('nodes').items as unknown as { metadata: { name: string }; status: { addresses: { address: string }[] } }[];
  const planned = planNodes(sim.options, seededRng(sim.options.seed)).map(({ name, address }) => [name, address]);
  expect(nodes.map(({ metadata, status }) => [metadata.name, status.addresses[0]?.address])).toEqual(planned);
});
