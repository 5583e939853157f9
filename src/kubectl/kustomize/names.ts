/** Names and namespaces: prefixes, suffixes, hashes, and the references that follow them. See kustomize/api/internal/konfig/builtinpluginconsts/namereference.go. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../object.ts';
import { goEscape, sortedJson } from '../output/go-json.ts';
import { specPath } from '../podspec.ts';
import { changeAt } from './fields.ts';
import { isNamespaced, type Resource } from './resource.ts';

/** Fields of a pod that name other objects, by the kind that they name. */
const IN_PODS: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['volumes[]/configMap/name', 'volumes[]/projected/sources[]/configMap/name', ...inContainers('env[]/valueFrom/configMapKeyRef/name', 'envFrom[]/configMapRef/name')],
  Secret: ['volumes[]/secret/secretName', 'volumes[]/projected/sources[]/secret/name', 'imagePullSecrets[]/name', ...inContainers('env[]/valueFrom/secretKeyRef/name', 'envFrom[]/secretRef/name')],
  ServiceAccount: ['serviceAccountName', 'serviceAccount'],
  PersistentVolumeClaim: ['volumes[]/persistentVolumeClaim/claimName'],
  PriorityClass: ['priorityClassName'],
};

/** The same elsewhere: kind of the referrer, kind that is named, field. */
const ELSEWHERE: readonly (readonly [string, string, string])[] = [
  ['ServiceAccount', 'Secret', 'secrets[]/name'], ['ServiceAccount', 'Secret', 'imagePullSecrets[]/name'], ['Ingress', 'Secret', 'spec/tls[]/secretName'],
  ['Ingress', 'Service', 'spec/rules[]/http/paths[]/backend/service/name'], ['Ingress', 'Service', 'spec/defaultBackend/service/name'], ['Ingress', 'IngressClass', 'spec/ingressClassName'], ['StatefulSet', 'Service', 'spec/serviceName'],
  ['PersistentVolumeClaim', 'PersistentVolume', 'spec/volumeName'], ['PersistentVolumeClaim', 'StorageClass', 'spec/storageClassName'], ['PersistentVolume', 'StorageClass', 'spec/storageClassName'], ['StatefulSet', 'StorageClass', 'spec/volumeClaimTemplates[]/spec/storageClassName'],
];

function inContainers(...paths: readonly string[]): readonly string[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => paths.map((path) => `${list}[]/${path}`));
}

/** Names that are part of something else, or of their own making. */
const UNCHANGING = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);

/** Gives every resource its new name, and every reference to it. @param rename the new name of a resource */
export function renamed(resources: readonly Resource[], rename: (resource: Resource) => string): readonly Resource[] {
  const next = resources.map((resource): Resource => {
    const before = resource.object.metadata?.name ?? '';
    const name = UNCHANGING.has(resource.object.kind ?? '') ? before : rename(resource);
    return name === before ? resource : { ...resource, object: changeAt(resource.object, 'metadata/name', () => name), names: [...resource.names, name] };
  });
  const names = new Map(resources.map(({ object }, index) => [`${object.kind}/${object.metadata?.name}`, next[index]!.object.metadata?.name ?? '']));
  const namespaces = new Set(resources.map(({ object }) => object.metadata?.namespace ?? 'default'));
  return next.map((resource) => ({ ...resource, object: referring(resource.object, (kind, name) => names.get(`${kind}/${name}`) ?? name, (namespace) => namespaces.has(namespace)) }));
}

interface Reference {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

const accountOf = ({ object }: Resource): string => `${object.metadata?.namespace ?? 'default'}/${object.metadata?.name}`;

function referring(object: KubeObject, nameOf: (kind: string, name: string) => string, isHere: (namespace: string) => boolean): KubeObject {
  const pod = specPath(object.kind)?.join('/');
  const paths = [...(pod === undefined ? [] : Object.entries(IN_PODS).flatMap(([kind, fields]) => fields.map((field) => [kind, `${pod}/${field}`] as const))), ...ELSEWHERE.filter(([from]) => from === object.kind).map(([, kind, path]) => [kind, path] as const)];
  const named = paths.reduce((result, [kind, path]) => changeAt(result, path, (name) => (typeof name === 'string' ? nameOf(kind, name) : name)), object);
  const typed = (reference: unknown) => {
    const { kind, name, namespace } = reference as Reference;
    // An account of another namespace is another account.
    if (namespace !== undefined && !isHere(namespace)) return reference;
    return kind === undefined || name === undefined ? reference : { ...(reference as object), name: nameOf(kind, name) };
  };
  return ['roleRef', 'subjects', 'spec/scaleTargetRef'].reduce((result, path) => changeAt(result, path, (value) => (Array.isArray(value) ? value.map(typed) : typed(value))), named);
}

/** Puts all that can be there into one namespace; accounts that a binding names follow. */
export function placed(resources: readonly Resource[], namespace: string): readonly Resource[] {
  const accounts = new Set(resources.filter(({ object }) => object.kind === 'ServiceAccount').map(accountOf));
  const follows = (subject: unknown) => {
    const { kind, name, namespace: at = 'default' } = subject as Reference;
    return kind === 'ServiceAccount' && (name === 'default' || accounts.has(`${at}/${name}`)) ? { ...(subject as object), namespace } : subject;
  };
  return resources.map((resource) => {
    const { object } = resource;
    if (object.kind === 'Namespace') return { ...resource, object: changeAt(object, 'metadata/name', () => namespace) };
    const moved = isNamespaced(object) ? changeAt(object, 'metadata/namespace', () => namespace, true) : object;
    return { ...resource, object: /^(?:Cluster)?RoleBinding$/.test(object.kind ?? '') ? changeAt(moved, 'subjects[]', follows) : moved };
  });
}

/** Ten letters that change when the content does. See kustomize/api/hasher. */
export function hashOf({ object }: Resource): string {
  const { kind, data, binaryData, stringData, type } = object as Readonly<Record<string, unknown>>;
  const content = { kind, name: '', data: data ?? '', ...(kind === 'Secret' ? { type: type ?? '', ...(stringData ? { stringData } : {}) } : binaryData ? { binaryData } : {}) };
  // Digits and letters that could make a word are exchanged.
  const letters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
  return createHash('sha256').update(goEscape(sortedJson(content))).digest('hex').slice(0, 10).replace(/[013ae]/g, (char) => letters[char]!);
}
