/**
 * The environment of a container: the image's, the pod's, and the services of its namespace.
 * See pkg/kubelet/kubelet_pods.go makeEnvironmentVariables and pkg/kubelet/envvars/envvars.go.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { Registry } from '../../kinds/registry.ts';
import { expand } from './expand.ts';
import { fieldValue, resourceValue, type NodeFacts } from './field-ref.ts';

/** The words of CreateContainerConfigError: `configmap "x" not found`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Data extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

interface Service extends KubeObject {
  spec: { clusterIP?: string; type?: string; ports?: { name?: string; port: number; protocol?: string }[] };
}

/** What the pod and the cluster add to the image's environment, in order. @throws ConfigError */
export function containerEnv(registry: Registry, pod: Stored<Pod>, container: Stored<Container>, node: NodeFacts, podIp: string | undefined): Map<string, string> {
  const namespace = pod.metadata.namespace ?? 'default';
  const services = serviceEnv(registry, namespace, pod.spec.enableServiceLinks ?? true);
  const env = new Map<string, string>();
  for (const source of container.envFrom ?? []) {
    const from = source.configMapRef ? { kind: 'configmap' as const, ...source.configMapRef } : source.secretRef ? { kind: 'secret' as const, ...source.secretRef } : undefined;
    if (!from) continue;
    const object = find(registry, from.kind, namespace, from.name);
    if (!object && !from.optional) throw new ConfigError(`${from.kind} "${from.name}" not found`);
    for (const [key, value] of Object.entries(decoded(object, from.kind))) env.set(`${source.prefix ?? ''}${key}`, value);
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom ? valueFrom(registry, pod, container, variable.valueFrom, node, podIp) : expand(variable.value ?? '', new Map([...services, ...env]));
    if (value !== undefined) env.set(variable.name, value);
  }
  for (const [name, value] of services) if (!env.has(name)) env.set(name, value);
  return env;
}

type Source = NonNullable<NonNullable<Stored<Container>['env']>[number]['valueFrom']>;

function valueFrom(registry: Registry, pod: Stored<Pod>, container: Stored<Container>, source: Source, node: NodeFacts, podIp: string | undefined): string | undefined {
  const namespace = pod.metadata.namespace ?? 'default';
  if (source.fieldRef) return fieldValue(pod, source.fieldRef.fieldPath, node, podIp);
  if (source.resourceFieldRef) {
    const { containerName, resource, divisor } = source.resourceFieldRef;
    const of = containerName ? ([...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((one) => one.name === containerName) ?? container) : container;
    return resourceValue(of, resource, divisor, node);
  }
  const kind = source.configMapKeyRef ? 'configmap' : 'secret';
  const ref = source.configMapKeyRef ?? source.secretKeyRef;
  if (!ref) return undefined;
  const object = find(registry, kind, namespace, ref.name);
  if (!object) {
    if (ref.optional) return undefined;
    throw new ConfigError(`${kind} "${ref.name}" not found`);
  }
  const value = decoded(object, kind)[ref.key];
  if (value === undefined && !ref.optional) throw new ConfigError(`couldn't find key ${ref.key} in ${kind === 'configmap' ? 'ConfigMap' : 'Secret'} ${namespace}/${ref.name}`);
  return value;
}

function find(registry: Registry, kind: 'configmap' | 'secret', namespace: string, name: string): Stored<Data> | undefined {
  return registry.find(`${kind}s`, name, namespace) as Stored<Data> | undefined;
}

/** Data as text; what is stored in base64 is decoded (to a byte string). */
export function decoded(object: Stored<Data> | undefined, kind: 'configmap' | 'secret'): Record<string, string> {
  if (!object) return {};
  if (kind === 'configmap') return { ...object.data };
  return Object.fromEntries(Object.entries(object.data ?? {}).map(([key, value]) => [key, atob(value)]));
}

/** Services that existed when the container started, in the words of Docker links. The API's own service is always there. */
function serviceEnv(registry: Registry, namespace: string, links: boolean): Map<string, string> {
  const env = new Map<string, string>();
  const own = links ? (registry.list('services', { namespace }).items as unknown as readonly Stored<Service>[]) : [];
  const api = registry.find('services', 'kubernetes', 'default') as Stored<Service> | undefined;
  const all = api && namespace !== 'default' ? [api, ...own] : links ? own : api ? [api] : [];
  for (const { metadata, spec } of all) {
    const [first] = spec.ports ?? [];
    if (!spec.clusterIP || spec.clusterIP === 'None' || spec.type === 'ExternalName' || !first) continue;
    const prefix = variable(metadata.name);
    env.set(`${prefix}_SERVICE_HOST`, spec.clusterIP).set(`${prefix}_SERVICE_PORT`, String(first.port));
    for (const { name, port } of spec.ports ?? []) if (name) env.set(`${prefix}_SERVICE_PORT_${variable(name)}`, String(port));
    const url = (one: typeof first) => `${(one.protocol ?? 'TCP').toLowerCase()}://${spec.clusterIP}:${one.port}`;
    env.set(`${prefix}_PORT`, url(first));
    for (const one of spec.ports ?? []) {
      const protocol = one.protocol ?? 'TCP';
      const name = `${prefix}_PORT_${one.port}_${protocol}`;
      env.set(name, url(one)).set(`${name}_PROTO`, protocol.toLowerCase()).set(`${name}_PORT`, String(one.port)).set(`${name}_ADDR`, spec.clusterIP);
    }
  }
  return env;
}

const variable = (name: string) => name.toUpperCase().replaceAll('-', '_');
