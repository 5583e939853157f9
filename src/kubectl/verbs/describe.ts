/** `kubectl describe`: which describer, and what it needs to know besides the object. See kubectl/pkg/cmd/describe and describe.go. */
import { StatusError, statusText } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { describeAutoscaler } from '../describe/autoscaler.ts';
import * as config from '../describe/config.ts';
import { eventsOf, type Event } from '../describe/events.ts';
import { describeGeneric } from '../describe/generic.ts';
import { describeCertificateRequest } from '../describe/certificate-request.ts';
import * as network from '../describe/network.ts';
import { describeNode } from '../describe/node.ts';
import { describePod } from '../describe/pod.ts';
import * as storage from '../describe/storage.ts';
import * as workloads from '../describe/workloads.ts';
import { Writer } from '../describe/writer.ts';
import { FILE_FLAGS, targetsOfFiles } from '../files.ts';
import { plainError } from '../io.ts';
import { dig, type KubeObject, type List } from '../object.ts';
import { selectorOf } from '../pods.ts';
import { pathOf, type Resource } from '../resources.ts';
import { SELECT_FLAGS, targetsOf } from '../select.ts';
import { listAll } from './get.ts';

export const describe: Verb = {
  name: 'describe', short: 'Show details of a specific resource or group of resources', long: 'Show details of a specific resource or group of resources.\n\nPrint a detailed description of the selected resources, including related resources such as events or controllers. You may select a single object by name, all objects of that type, provide a name prefix, or label selector.',
  examples: '# Describe a node\nkubectl describe nodes kubernetes-node-emt8.c.myproject.internal\n\n# Describe a pod\nkubectl describe pods/nginx\n\n# Describe pods by label name=myLabel\nkubectl describe pods -l name=myLabel', usage: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]',
  flags: [
    ...SELECT_FLAGS.filter((flag) => flag.name !== 'field-selector'), ...FILE_FLAGS,
    { name: 'show-events', type: 'bool', value: true, help: 'If true, display events related to the described object.' },
    { name: 'chunk-size', type: 'int', value: '500', help: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
  ],
  run: async (run) => {
    const fromFiles = await targetsOfFiles(run);
    if (run.args.length === 0 && fromFiles.length === 0) throw plainError(`You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n`.trimEnd());
    const everywhere = run.flags.bool('all-namespaces');
    const targets = fromFiles.length > 0 ? fromFiles : await targetsOf(run, run.args);
    if (run.flags.text('selector') && targets.some((target) => target.name !== undefined)) throw plainError('name cannot be provided when a selector is specified');
    const found: { resource: Resource; object: KubeObject }[] = [];
    let failed = false;
    for (const target of targets) {
      const namespace = everywhere ? undefined : ('namespace' in target && (target.namespace as string | undefined)) || run.namespace;
      try {
        found.push(...(await objectsOf(run, target.resource, target.name, namespace)));
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        run.err(`${statusText(error.status)}\n`);
        failed = true;
      }
    }
    for (const [index, { resource, object }] of found.entries()) {
      const text = await textOf(run, resource, object);
      run.out(`${index === 0 ? '' : '\n\n'}${text}`);
    }
    if (found.length === 0 && !failed) run.err(everywhere ? 'No resources found\n' : `No resources found in ${run.namespace} namespace.\n`);
    return failed ? 1 : 0;
  },
};

/** By name, by the beginning of a name, or all. */
async function objectsOf(run: Run, resource: Resource, name: string | undefined, namespace: string | undefined): Promise<{ resource: Resource; object: KubeObject }[]> {
  if (name === undefined) return (await listAll(run, resource, namespace)).map((object) => ({ resource, object }));
  try {
    return [{ resource, object: await run.client.json<KubeObject>('GET', pathOf(resource, namespace, name)) }];
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error;
    const begins = (await listAll(run, resource, namespace)).filter((object) => object.metadata?.name?.startsWith(name));
    if (begins.length === 0) throw error;
    return begins.map((object) => ({ resource, object }));
  }
}

async function textOf(run: Run, resource: Resource, given: KubeObject): Promise<string> {
  const object = { ...given, kind: given.kind ?? resource.kind };
  const out = new Writer();
  const events = run.flags.bool('show-events') ? await eventsFor(run, object) : undefined;
  await write(run, out, resource, object, events ?? []);
  const text = out.text();
  return events === undefined ? text.replace(/^Events: +<none>\n/m, '') : text;
}

/** Kinds whose descriptions end without events. */
const QUIET = new Set(['Secret', 'NetworkPolicy', 'ResourceQuota', 'LimitRange', 'Namespace', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

async function eventsFor(run: Run, object: KubeObject): Promise<readonly Event[]> {
  if (QUIET.has(object.kind ?? '')) return [];
  // The kubelet and the node controller write events about a node under its name, or under its uid.
  if (object.kind === 'Node') return [...(await eventsOf(run, object)), ...(await eventsOf(run, object, object.metadata?.name))];
  return eventsOf(run, object);
}

async function write(run: Run, out: Writer, resource: Resource, object: KubeObject, events: readonly Event[]): Promise<void> {
  const namespace = object.metadata?.namespace ?? '';
  const name = object.metadata?.name ?? '';
  const key = `${object.kind}.${resource.group}`;
  switch (key) {
    case 'Pod.': return describePod(out, object, events);
    case 'Node.': return describeNode(out, object, await leaseOf(run, name), await podsOnNode(run, name), events);
    case 'Service.': return network.describeService(out, object, await slicesOf(run, namespace, name), events);
    case 'Endpoints.': return network.describeEndpoints(out, object, events);
    case 'EndpointSlice.discovery.k8s.io': return network.describeEndpointSlice(out, object as network.Slice, events);
    case 'Ingress.networking.k8s.io': return describeIngressWith(run, out, object, events);
    case 'NetworkPolicy.networking.k8s.io': return network.describeNetworkPolicy(out, object);
    case 'Deployment.apps': return workloads.describeDeployment(out, object, await setsOf(run, resource, object), events);
    case 'ReplicaSet.apps': return workloads.describeReplicaSet(out, object, await countsOf(run, resource, object), events);
    case 'ReplicationController.': return workloads.describeReplicaSet(out, { ...object, spec: { ...(object['spec'] as object), selector: { matchLabels: dig(object, 'spec', 'selector') } } }, await countsOf(run, resource, object), events);
    case 'HorizontalPodAutoscaler.autoscaling': return describeAutoscaler(out, object, events);
    case 'DaemonSet.apps': return workloads.describeDaemonSet(out, object, await countsOf(run, resource, object), events);
    case 'StatefulSet.apps': return workloads.describeStatefulSet(out, object, await countsOf(run, resource, object), events);
    case 'Job.batch': return workloads.describeJob(out, object, events);
    case 'CronJob.batch': return workloads.describeCronJob(out, object, events);
    case 'ConfigMap.': return config.describeConfigMap(out, object, events);
    case 'Secret.': return config.describeSecret(out, object);
    case 'ServiceAccount.': return config.describeServiceAccount(out, object, events);
    case 'Namespace.': return config.describeNamespace(out, object, await inNamespace(run, 'resourcequotas', name), await inNamespace(run, 'limitranges', name));
    case 'ResourceQuota.': return config.describeQuota(out, object);
    case 'LimitRange.': return config.describeLimitRange(out, object);
    case 'PersistentVolumeClaim.': return storage.describeClaim(out, object, await usersOf(run, namespace, name), events);
    case 'PersistentVolume.': return storage.describeVolume(out, object, events);
    case 'CertificateSigningRequest.certificates.k8s.io': return describeCertificateRequest(out, object, events);
    case 'IngressClass.networking.k8s.io': return network.describeIngressClass(out, object, events);
    case 'PodDisruptionBudget.policy': return config.describeBudget(out, object, events);
    case 'StorageClass.storage.k8s.io': return config.describeStorageClass(out, object, events);
    case 'PriorityClass.scheduling.k8s.io': return config.describePriorityClass(out, object, events);
    case 'Role.rbac.authorization.k8s.io':
    case 'ClusterRole.rbac.authorization.k8s.io': return config.describeRole(out, object);
    case 'RoleBinding.rbac.authorization.k8s.io':
    case 'ClusterRoleBinding.rbac.authorization.k8s.io': return config.describeBinding(out, object);
    default: return describeGeneric(out, { apiVersion: resource.group ? `${resource.group}/${resource.version}` : resource.version, ...object }, events);
  }
}

const core = (plural: string) => ({ group: '', version: 'v1', plural, namespaced: true });
const controlledBy = (item: KubeObject, object: KubeObject) => item.metadata?.ownerReferences?.some((owner) => owner.controller && owner.uid === object.metadata?.uid) ?? false;

/** What may not be there, or not be ours to see. */
async function optional<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

async function inNamespace(run: Run, plural: string, namespace: string): Promise<readonly KubeObject[]> {
  return (await optional(run.client.json<List>('GET', pathOf(core(plural), namespace))))?.items ?? [];
}

function leaseOf(run: Run, node: string): Promise<KubeObject | undefined> {
  return optional(run.client.json<KubeObject>('GET', `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`));
}

async function podsOnNode(run: Run, node: string): Promise<readonly KubeObject[]> {
  const selector = encodeURIComponent(`spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`);
  return (await optional(run.client.json<List>('GET', `/api/v1/pods?fieldSelector=${selector}&limit=500`)))?.items ?? [];
}

/** Pods that mount a claim. */
async function usersOf(run: Run, namespace: string, claim: string): Promise<readonly KubeObject[]> {
  const mounts = (pod: KubeObject) => ((dig(pod, 'spec', 'volumes') as unknown[] | undefined) ?? []).some((volume) => dig(volume, 'persistentVolumeClaim', 'claimName') === claim);
  return (await inNamespace(run, 'pods', namespace)).filter(mounts);
}

async function slicesOf(run: Run, namespace: string, service: string): Promise<readonly network.Slice[]> {
  return ((await optional(run.client.json<List>('GET', `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${service}`)}`)))?.items ?? []) as readonly network.Slice[];
}

async function setsOf(run: Run, resource: Resource, object: KubeObject): Promise<workloads.OwnedSets> {
  const list = await run.client.json<List>('GET', `${pathOf({ group: 'apps', version: 'v1', plural: 'replicasets', namespaced: true }, object.metadata?.namespace)}?labelSelector=${encodeURIComponent(selectorOf(resource, object))}`);
  const sets = list.items.filter((item) => controlledBy(item, object)).sort((a, b) => ((a.metadata?.creationTimestamp ?? '') < (b.metadata?.creationTimestamp ?? '') ? -1 : 1));
  const plain = (template: unknown) => JSON.stringify(template, (key, value: unknown) => (key === 'pod-template-hash' || key === 'creationTimestamp' ? undefined : value));
  const fresh = sets.find((set) => plain(dig(set, 'spec', 'template')) === plain(dig(object, 'spec', 'template')));
  return { fresh, old: sets.filter((set) => set !== fresh) };
}

async function countsOf(run: Run, resource: Resource, object: KubeObject): Promise<workloads.PodCounts> {
  const list = await run.client.json<List>('GET', `${pathOf(core('pods'), object.metadata?.namespace)}?labelSelector=${encodeURIComponent(selectorOf(resource, object))}`);
  const owned = list.items.filter((pod) => controlledBy(pod, object));
  const count = (phase: string) => owned.filter((pod) => dig(pod, 'status', 'phase') === phase).length;
  return { running: count('Running'), waiting: count('Pending'), succeeded: count('Succeeded'), failed: count('Failed') };
}

async function describeIngressWith(run: Run, out: Writer, object: KubeObject, events: readonly Event[]): Promise<void> {
  const namespace = object.metadata?.namespace ?? '';
  const names = new Set(JSON.stringify(object['spec']).match(/"service":\{[^}]*"name":"([^"]+)"/g)?.map((text) => /"name":"([^"]+)"/.exec(text)![1]!) ?? []);
  const known = new Map<string, { service: KubeObject | undefined; slices: readonly network.Slice[] }>();
  for (const name of names) {
    const service = await optional(run.client.json<KubeObject>('GET', pathOf(core('services'), namespace, name)));
    known.set(name, { service, slices: service ? await slicesOf(run, namespace, name) : [] });
  }
  network.describeIngress(out, object, (name, port) => {
    const one = known.get(name);
    if (!one?.service) return `<error: services ${JSON.stringify(name)} not found>`;
    const ports = (dig(one.service, 'spec', 'ports') as { name?: string; port: number }[] | undefined) ?? [];
    return network.endpointsText(one.slices, ports.find((each) => each.port === port || each.name === port)?.name ?? '');
  }, events);
}

