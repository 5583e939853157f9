/**
 * An APIService for every group version that is served, custom ones too; and whether those behind a Service can be had.
 * See kube-aggregator/pkg/controllers/{autoregister,status} and pkg/controlplane/apiserver/aggregator.go.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import { timestamp } from '../api/time.ts';
import type { Registry } from '../kinds/registry.ts';
import { withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, list, unlessGone } from './objects.ts';
import type { Condition } from './shapes.ts';

const RESOURCE = 'apiservices.apiregistration.k8s.io';
const MANAGED = 'kube-aggregator.kubernetes.io/automanaged';

interface ApiService extends KubeObject {
  spec: { group: string; version: string; groupPriorityMinimum: number; versionPriority: number; service?: { namespace: string; name: string; port: number } };
  status?: { conditions?: Condition[] };
}

/** Which groups come first where a name could mean several; custom ones come last. */
const PRIORITIES: Readonly<Record<string, number>> = {
  '': 18000, apps: 17800, 'events.k8s.io': 17750, 'authentication.k8s.io': 17700, 'authorization.k8s.io': 17600, autoscaling: 17500, batch: 17400, 'certificates.k8s.io': 17300, 'networking.k8s.io': 17200, policy: 17100,
  'rbac.authorization.k8s.io': 17000, 'storage.k8s.io': 16800, 'apiextensions.k8s.io': 16700, 'admissionregistration.k8s.io': 16700, 'scheduling.k8s.io': 16600, 'coordination.k8s.io': 16500, 'node.k8s.io': 16300, 'discovery.k8s.io': 16200,
};

export function apiServiceController(context: ControllerContext): Controller {
  const { registry } = context;
  const behind = (namespace: string | undefined): readonly ObjectKey[] => list<ApiService>(registry, RESOURCE).filter(({ spec }) => spec.service && spec.service.namespace === namespace).map(({ metadata: { name } }) => ({ name }));
  return {
    name: 'api-service',
    watches: [
      { group: '', resource: 'namespaces', toKeys: ({ metadata: { name } }) => (name === 'default' ? servedVersions(registry) : []) },
      { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', toKeys: (definition) => versionsOf(definition) },
      { group: 'apiregistration.k8s.io', resource: 'apiservices', toKeys: ({ metadata: { name } }) => [{ name }] },
      { group: '', resource: 'services', toKeys: ({ metadata }) => behind(metadata.namespace) },
      { group: 'discovery.k8s.io', resource: 'endpointslices', toKeys: ({ metadata }) => behind(metadata.namespace) },
    ],
    reconcile: ({ name }) => {
      const known = find<ApiService>(registry, RESOURCE, { name });
      const dot = name.indexOf('.');
      const [version, group] = [name.slice(0, dot), name.slice(dot + 1)];
      const kinds = registry.kinds.filter((kind) => kind.group === group && kind.version === version && kind.group !== 'apiregistration.k8s.io');
      if (known?.spec.service) return tell(context, known, availability(registry, known.spec.service, `${group}/${version}`));
      if (known && kinds.length === 0 && known.metadata.labels?.[MANAGED] === 'true') return void unlessGone(() => registry.delete(RESOURCE, name, undefined));
      if (!known && kinds.length > 0) registry.create(RESOURCE, localService(name, group, version, kinds.every((kind) => kind.custom)) as unknown as KubeObject);
      const stored = find<ApiService>(registry, RESOURCE, { name });
      if (stored) tell(context, stored, { status: 'True', reason: 'Local', message: 'Local APIServices are always available' });
    },
  };
}

const servedVersions = (registry: Registry): readonly ObjectKey[] => [...new Set(registry.kinds.map(({ group, version }) => `${version}.${group}`))].map((name) => ({ name }));

function versionsOf(definition: Stored<KubeObject>): readonly ObjectKey[] {
  const { spec } = definition as unknown as Stored<{ spec: { group: string; versions: { name: string }[] } } & KubeObject>;
  return spec.versions.map(({ name }) => ({ name: `${name}.${spec.group}` }));
}

function localService(name: string, group: string, version: string, isCustom: boolean) {
  const [groupPriorityMinimum, versionPriority] = isCustom ? [1000, 100] : [PRIORITIES[group] ?? 15000, version === 'v2' ? 30 : 15];
  return {
    apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService',
    metadata: { name, labels: { [MANAGED]: isCustom ? 'true' : 'onstart' } },
    spec: { ...(group && { group }), groupPriorityMinimum, version, versionPriority: group === '' ? 1 : versionPriority },
  };
}

type Availability = Pick<Condition, 'status' | 'reason' | 'message'>;

/** As far as the real one gets before it asks the endpoints themselves, which nobody here answers. */
function availability(registry: Registry, { namespace, name, port }: Stored<NonNullable<ApiService['spec']['service']>>, groupVersion: string): Availability {
  const no = (reason: string, message: string): Availability => ({ status: 'False', reason, message });
  const service = find<KubeObject & { spec: { clusterIP?: string; ports?: { name?: string; port: number }[] } }>(registry, 'services', { namespace, name });
  if (!service) return no('ServiceNotFound', `service/${name} in ${JSON.stringify(namespace)} is not present`);
  const chosen = service.spec.ports?.find((one) => one.port === port);
  if (!chosen) return no('ServicePortError', `service/${name} in ${JSON.stringify(namespace)} is not listening on port ${port}`);
  const slices = list<KubeObject & { endpoints?: { conditions?: { ready?: boolean } }[] }>(registry, 'endpointslices.discovery.k8s.io', namespace).filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  const isReady = slices.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready !== false));
  if (!isReady) return no('MissingEndpoints', `endpoints for service/${name} in ${JSON.stringify(namespace)} have no addresses with port name ${JSON.stringify(chosen.name ?? '')}`);
  const url = `https://${service.spec.clusterIP}:${port}/apis/${groupVersion}`;
  return no('FailedDiscoveryCheck', `failing or missing response from ${url}: Get ${JSON.stringify(url)}: dial tcp ${service.spec.clusterIP}:${port}: connect: connection refused`);
}

function tell({ registry, clock }: ControllerContext, service: Stored<ApiService>, available: Availability): void {
  const status = { conditions: withCondition(service.status?.conditions, { type: 'Available', ...available, lastTransitionTime: timestamp(clock.unixMs()) } as Condition) };
  if (!isEqual(status, service.status)) unlessGone(() => registry.updateStatus(RESOURCE, { ...draft<ApiService>(service), status } as ApiService));
}
