/** Manifests: `-f file|folder|url|-`, `-R`, `-k`. YAML or JSON, several documents, Lists taken apart. See cli-runtime/pkg/resource/visitor.go. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { yamlWords } from '../base/yaml-words.ts';
import type { Run } from './command.ts';
import { plainError } from './io.ts';
import type { KubeObject } from './object.ts';
import { UnknownResource, type Resource } from './resources.ts';

export const FILE_FLAGS = [
  { name: 'filename', short: 'f', type: 'strings', help: 'Filename, directory, or URL to files identifying the resource.' },
  { name: 'recursive', short: 'R', type: 'bool', value: false, help: 'Process the directory used in -f, --filename recursively.' },
  { name: 'kustomize', short: 'k', type: 'string', value: '', help: "Process the kustomization directory. This flag can't be used together with -f or -R." },
] as const;

export interface ManifestObject {
  readonly object: KubeObject;
  /** For messages: the path as given, or STDIN. */
  readonly source: string;
}

/** Every object of every file, in order. @throws KubectlError in the builder's words */
export async function readManifests(run: Run): Promise<readonly ManifestObject[]> {
  const folder = run.flags.text('kustomize');
  if (folder) {
    if (run.flags.list('filename').length > 0) throw plainError('only one of -f or -k can be specified');
    const { buildKustomization } = await import('./kustomize/build.ts');
    return buildKustomization(folder, run.io.cwd, (text) => run.err(text)).map((object) => ({ object, source: folder }));
  }
  const found: ManifestObject[] = [];
  for (const name of run.flags.list('filename')) {
    if (/^https?:\/\//.test(name)) found.push(...parseManifest(await (await import('./fetch-text.ts')).fetchText(run.io, name), name));
    else if (name === '-') found.push(...parseManifest(Buffer.from(await run.io.readStdin()).toString('utf8'), 'STDIN'));
    else for (const path of filesAt(run, name)) found.push(...parseManifest(readFileSync(resolve(run.io.cwd, path), 'utf8'), path));
  }
  return found;
}

function filesAt(run: Run, name: string): readonly string[] {
  const at = resolve(run.io.cwd, name);
  let isFolder: boolean;
  try {
    isFolder = statSync(at).isDirectory();
  } catch {
    throw plainError(`the path "${name}" does not exist`);
  }
  if (!isFolder) return [name];
  const entries = readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.flatMap((entry) => {
    const path = join(name, entry.name);
    if (entry.isDirectory()) return run.flags.bool('recursive') ? filesAt(run, path) : [];
    return /\.(json|ya?ml)$/.test(entry.name) ? [path] : [];
  });
  if (files.length === 0) throw plainError(`error reading [${name}]: recognized file extensions are [.json .yaml .yml]`);
  return files;
}

export function parseManifest(text: string, source: string): readonly ManifestObject[] {
  const documents = parseAllDocuments(text, { version: '1.1', schema: 'yaml-1.1', merge: true, customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !/timestamp|binary|intTime|floatTime|set|omap|pairs/.test(`${tag.tag} ${'format' in tag ? String(tag.format) : ''}`) || ('format' in tag && tag.format !== 'TIME' && !String(tag.tag).includes('timestamp') && /:(int|float)$/.test(String(tag.tag)))) });
  const objects: ManifestObject[] = [];
  for (const document of 'empty' in documents ? [] : documents) {
    const problem = document.errors[0];
    if (problem) throw plainError(`error parsing ${source}: error converting YAML to JSON: yaml: line ${problem.linePos?.[0].line ?? 1}: ${yamlWords(problem)}`);
    const value = document.toJS() as unknown;
    if (value === null || value === undefined) continue;
    if (typeof value !== 'object' || Array.isArray(value)) throw plainError(`error parsing ${source}: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`);
    const object = value as KubeObject;
    if (!object.apiVersion && !object.kind) throw plainError(`error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false`.replace('error validating data', `error validating "${source}": error validating data`));
    if (!object.kind) throw plainError(`error validating "${source}": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false`);
    if (!object.apiVersion) throw plainError(`error validating "${source}": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false`);
    if (object.kind.endsWith('List') && Array.isArray(object['items'])) objects.push(...(object['items'] as KubeObject[]).map((item) => ({ object: item, source })));
    else objects.push({ object, source });
  }
  return objects;
}

export interface FileTarget {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace?: string;
  readonly object: KubeObject;
  readonly source: string;
}

/** The objects that the files name, for verbs that look them up. */
export async function targetsOfFiles(run: Run): Promise<readonly FileTarget[]> {
  const manifests = await readManifests(run);
  if (manifests.length === 0) return [];
  const resources = await run.resources();
  return manifests.map(({ object, source }) => {
    const resource = resources.ofKind(object.apiVersion ?? '', object.kind ?? '');
    if (!resource) throw new UnknownResource(`error: resource mapping not found for name: "${object.metadata?.name ?? ''}" namespace: "${object.metadata?.namespace ?? ''}" from "${source}": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`);
    const explicit = run.flags.text('namespace');
    if (explicit && object.metadata?.namespace && object.metadata.namespace !== explicit && resource.namespaced) {
      throw plainError(`the namespace from the provided object "${object.metadata.namespace}" does not match the namespace "${explicit}". You must pass '--namespace=${object.metadata.namespace}' to perform this operation.`);
    }
    return { resource, name: object.metadata?.name ?? '', ...(object.metadata?.namespace ? { namespace: object.metadata.namespace } : {}), object, source };
  });
}
