/**
 * Builds a kustomization: what its folder lists, base by base, with its changes on top. The core of kustomize that
 * `kubectl apply -k` needs; what is missing is refused by name. See kustomize/api/internal/target/kusttarget.go.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { parseManifest } from '../files.ts';
import { plainError } from '../io.ts';
import type { KubeObject } from '../object.ts';
import { generated } from './generators.ts';
import { withImages, withReplicas } from './images.ts';
import { folderAt, missing, readKustomization, type Kustomization } from './kustomization.ts';
import { withAnnotations, withLabels } from './labels.ts';
import { hashOf, placed, renamed } from './names.ts';
import { patched } from './patches.ts';
import { idOf, inOrder, resourceOf, type Resource } from './resource.ts';

/** @param cwd where a path begins that is none by itself @param warn hears of fields that are out of date @returns objects in the order in which they are applied @throws KubectlError */
export function buildKustomization(path: string, cwd: string, warn: (text: string) => void): readonly KubeObject[] {
  if (/^\w+:\/\/|^git@|^github\.com\//.test(path)) throw plainError(`the kubectl that comes with cka builds kustomizations of this machine only, not ${path}`);
  const folder = folderAt(resolve(cwd, path), path);
  const kustomization = readKustomization(folder, warn);
  const built = accumulate(folder, kustomization, [], warn, [folder]);
  const hashed = renamed(built, (resource) => `${resource.object.metadata?.name}${resource.hashed ? `-${hashOf(resource)}` : ''}`);
  return (kustomization.sortOptions?.order === 'fifo' ? hashed : inOrder(hashed)).map(({ object }) => object);
}

/** @param found what a component is laid upon @param above folders on the way here: none may come again */
function accumulate(folder: string, kustomization: Kustomization, found: readonly Resource[], warn: (text: string) => void, above: readonly string[]): readonly Resource[] {
  let resources = found;
  for (const entry of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])]) {
    const added = resourcesAt(folder, entry, warn, above);
    const twice = added.find(({ object }) => resources.some((known) => idOf(known.object) === idOf(object)));
    if (twice) {
      const isFolder = statSync(join(folder, entry)).isDirectory();
      const refused = `may not add resource with an already registered id: ${idOf(twice.object)}`;
      const path = resolve(folder, entry);
      throw plainError(`accumulating resources: accumulation err='${isFolder ? `accumulating resources from '${entry}': '${path}' must resolve to a file': recursed merging from path '${path}': ${refused}` : `merging resources from '${entry}': ${refused}': must build at directory: '${path}': file is not directory`}`);
    }
    resources = [...resources, ...added];
  }
  for (const generator of kustomization.configMapGenerator ?? []) resources = generated('ConfigMap', generator, kustomization.generatorOptions, folder, resources);
  for (const generator of kustomization.secretGenerator ?? []) resources = generated('Secret', generator, kustomization.generatorOptions, folder, resources);
  for (const component of kustomization.components ?? []) {
    const at = entered(resolve(folder, component), above);
    resources = accumulate(at, readKustomization(at, warn), resources, warn, [...above, at]);
  }
  return transformed(patched(resources, kustomization, folder), kustomization);
}

/** In the order of kustomize's own transformers. */
function transformed(resources: readonly Resource[], { namespace, namePrefix = '', nameSuffix = '', labels = [], commonLabels, commonAnnotations, replicas = [], images = [] }: Kustomization): readonly Resource[] {
  const change = (all: readonly Resource[], how: (object: KubeObject) => KubeObject) => all.map((resource) => ({ ...resource, object: how(resource.object) }));
  let result = namespace ? placed(resources, namespace) : resources;
  if (namePrefix || nameSuffix) result = renamed(result, ({ object }) => `${namePrefix}${object.metadata?.name}${nameSuffix}`);
  for (const { pairs, includeSelectors, includeTemplates, fields } of labels) {
    if (fields !== undefined) throw plainError('labels with fields of their own are not available in the kubectl that comes with cka: install the real kubectl');
    result = change(result, (object) => withLabels(object, pairs, includeSelectors ? 'selectors' : includeTemplates ? 'templates' : 'metadata'));
  }
  if (commonLabels) result = change(result, (object) => withLabels(object, commonLabels, 'selectors'));
  if (commonAnnotations) result = change(result, (object) => withAnnotations(object, commonAnnotations));
  return withImages(withReplicas(result, replicas), images);
}

function resourcesAt(folder: string, entry: string, warn: (text: string) => void, above: readonly string[]): readonly Resource[] {
  if (/^\w+:\/\/|^git@|^github\.com\//.test(entry)) throw plainError(`the kubectl that comes with cka builds kustomizations of this machine only, not ${entry}`);
  const path = join(folder, entry);
  const failed = (why: string, then: string) => plainError(`accumulating resources: accumulation err='accumulating resources from '${entry}': ${why}': must build at directory: ${then}`);
  if (!existsSync(path)) throw failed(missing(path), `not a valid directory: ${missing(path)}`);
  if (statSync(path).isDirectory()) {
    const at = entered(path, above, `accumulating resources: accumulation err='accumulating resources from '${entry}': '${path}' must resolve to a file': `);
    return accumulate(at, readKustomization(at, warn), [], warn, [...above, at]);
  }
  // A file outside could be anything: what is shared is a folder with a kustomization of its own.
  if (!realpathSync(path).startsWith(folder + sep)) throw failed(`security; file '${realpathSync(path)}' is not in or below '${folder}'`, `'${realpathSync(path)}': file is not directory`);
  return parseManifest(readFileSync(path, 'utf8'), entry).map(({ object }) => resourceOf(object));
}

/** @param context what a refusal begins with */
function entered(path: string, above: readonly string[], context = ''): string {
  const at = folderAt(path);
  if (above.includes(at)) throw plainError(`${context}cycle detected: candidate root '${at}' contains visited root '${at}'`);
  return at;
}
