/** Patches of a kustomization: strategic merges and RFC 6902, each for the resources that it names or that its target selects. See kustomize/api/internal/builtins/PatchTransformer.go. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { jsonPatch, JsonPatchError, type Operation } from '../apply/json-patch.ts';
import { strategicMerge } from '../apply/strategic-merge.ts';
import { isMap, type Json, type JsonMap } from '../apply/three-way.ts';
import { plainError } from '../io.ts';
import { labelMatcher } from '../labels.ts';
import type { KubeObject } from '../object.ts';
import { missing, type Kustomization, type Patch, type Target } from './kustomization.ts';
import { groupOf, idOf, versionOf, type Resource } from './resource.ts';

/** @throws KubectlError for a patch that cannot be read, or that has nothing to patch */
export function patched(resources: readonly Resource[], { patches = [], patchesStrategicMerge = [], patchesJson6902 = [] }: Kustomization, folder: string): readonly Resource[] {
  const merges = patchesStrategicMerge.map((text): Patch => (/\n|\{/.test(text) ? { patch: text } : { path: text }));
  return [...merges, ...patches, ...patchesJson6902].reduce((result, patch) => patchedBy(result, patch, folder), resources);
}

function patchedBy(resources: readonly Resource[], patch: Patch, folder: string): readonly Resource[] {
  const text = textOf(patch, folder);
  const operations = operationsOf(text);
  if (operations) {
    if (!patch.target) throw plainError('must specify a target for JSON patch ' + (patch.path ? `[path: ${JSON.stringify(patch.path)}]` : `[patch: ${JSON.stringify(text)}]`));
    return resources.map((resource) => (isSelected(resource, patch.target!) ? { ...resource, object: operated(resource.object, operations) } : resource));
  }
  return merges(text).reduce((result, merge) => mergedBy(result, merge, patch), resources);
}

function textOf({ path, patch }: Patch, folder: string): string {
  if (path !== undefined && patch !== undefined) throw plainError('patch and path can\'t be set at the same time');
  if (path === undefined) return patch ?? '';
  const at = resolve(folder, path);
  if (!existsSync(at)) throw plainError(`failed to get the patch file from path(${path}): ${missing(at)}`);
  return readFileSync(at, 'utf8');
}

function operationsOf(text: string): readonly Operation[] | undefined {
  const value: unknown = /^\s*(?:#.*\n\s*)*[[-](?!--)/.test(text) ? parse(text) : undefined;
  return Array.isArray(value) ? (value as Operation[]) : undefined;
}

function merges(text: string): readonly JsonMap[] {
  const values = [...parseAllDocuments(text)].map((document) => document.toJS() as Json).filter((value) => value !== null);
  if (values.length === 0 || !values.every(isMap)) throw plainError(`unable to parse SM or JSON patch from [patch: ${JSON.stringify(text)}]`);
  return values;
}

function operated(object: KubeObject, operations: readonly Operation[]): KubeObject {
  try {
    return jsonPatch(object as Json, operations) as unknown as KubeObject;
  } catch (error) {
    throw error instanceof JsonPatchError ? plainError(error.message) : error;
  }
}

function mergedBy(resources: readonly Resource[], merge: JsonMap, { target, options }: Patch): readonly Resource[] {
  const wanted = merge as KubeObject;
  const fits = (resource: Resource) => (target ? isSelected(resource, target) : isSame(resource, wanted));
  if (!target && !resources.some(fits)) throw plainError(`no resource matches strategic merge patch ${JSON.stringify(idOf(wanted))}: no matches for Id ${idOf(wanted)}; failed to find unique target for patch ${idOf(wanted)}`);
  return resources.flatMap((resource) => {
    if (!fits(resource)) return [resource];
    if (merge['$patch'] === 'delete') return [];
    const { object } = resource;
    // Custom resources have no merge keys: their lists are replaced.
    const result = strategicMerge(object as JsonMap, merge, { newElements: 'first', atomicLists: groupOf(object).includes('.') && !groupOf(object).endsWith('.k8s.io') }) as unknown as KubeObject;
    const name = options?.allowNameChange ? result.metadata?.name : object.metadata?.name;
    const kind = options?.allowKindChange ? result.kind : object.kind;
    const { metadata, ...rest } = result;
    return [{ ...resource, object: { ...rest, ...(object.apiVersion === undefined ? {} : { apiVersion: object.apiVersion }), ...(kind === undefined ? {} : { kind }), metadata: { ...metadata, ...(name === undefined ? {} : { name }) } } }];
  });
}

function isSame({ object, names }: Resource, wanted: KubeObject): boolean {
  return object.kind === wanted.kind && object.apiVersion === wanted.apiVersion && names.includes(wanted.metadata?.name ?? '') && (wanted.metadata?.namespace === undefined || wanted.metadata.namespace === object.metadata?.namespace);
}

/** Every field is a pattern for the whole value. */
function isSelected({ object, names }: Resource, target: Target): boolean {
  const fits = (pattern: string | undefined, ...values: readonly string[]) => pattern === undefined || pattern === '' || values.some((value) => new RegExp(`^(?:${pattern})$`).test(value));
  return fits(target.group, groupOf(object)) && fits(target.version, versionOf(object)) && fits(target.kind, object.kind ?? '') && fits(target.name, ...names) && fits(target.namespace, object.metadata?.namespace ?? 'default')
    && (!target.labelSelector || labelMatcher(target.labelSelector)(object.metadata?.labels ?? {})) && (!target.annotationSelector || labelMatcher(target.annotationSelector)(object.metadata?.annotations ?? {}));
}
