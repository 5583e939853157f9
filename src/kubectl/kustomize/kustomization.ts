/** A kustomization file: what it may say, and what this kubectl cannot do and refuses by name. See kustomize/api/types/kustomization.go. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { plainError } from '../io.ts';

type Pairs = Readonly<Record<string, string>>;

export interface Target {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

export interface Patch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Target;
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean };
}

export interface GeneratorOptions {
  readonly labels?: Pairs;
  readonly annotations?: Pairs;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

export interface Generator {
  readonly name: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly type?: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly env?: string;
  readonly envs?: readonly string[];
  readonly options?: GeneratorOptions;
}

export interface Kustomization {
  readonly resources?: readonly string[];
  readonly bases?: readonly string[];
  readonly components?: readonly string[];
  readonly namespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly commonLabels?: Pairs;
  readonly labels?: readonly { readonly pairs: Pairs; readonly includeSelectors?: boolean; readonly includeTemplates?: boolean; readonly fields?: unknown }[];
  readonly commonAnnotations?: Pairs;
  readonly images?: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string; readonly tagSuffix?: string; readonly digest?: string }[];
  readonly replicas?: readonly { readonly name: string; readonly count: number }[];
  readonly patches?: readonly Patch[];
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly Patch[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
  readonly generatorOptions?: GeneratorOptions;
  readonly sortOptions?: { readonly order?: string };
}

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const LISTS = ['resources', 'bases', 'components', 'labels', 'images', 'replicas', 'patches', 'patchesStrategicMerge', 'patchesJson6902', 'configMapGenerator', 'secretGenerator'];
const KNOWN = new Set([...LISTS, 'apiVersion', 'kind', 'metadata', 'namespace', 'namePrefix', 'nameSuffix', 'commonLabels', 'commonAnnotations', 'generatorOptions', 'sortOptions']);
/** Of kustomize, and not of this kubectl. */
const UNSUPPORTED = new Set(['vars', 'replacements', 'helmCharts', 'helmGlobals', 'helmChartInflationGenerator', 'crds', 'openapi', 'configurations', 'generators', 'transformers', 'validators', 'buildMetadata', 'inventory']);
const DEPRECATED: Readonly<Record<string, string>> = { commonLabels: 'labels', bases: 'resources', patchesStrategicMerge: 'patches', patchesJson6902: 'patches' };

/** @param warn hears of fields that are out of date @throws KubectlError */
export function readKustomization(folder: string, warn: (text: string) => void): Kustomization {
  const files = NAMES.filter((name) => existsSync(join(folder, name)));
  if (files.length === 0) throw plainError(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder}'`);
  if (files.length > 1) throw plainError(`Found multiple kustomization files: ${folder}`);
  const content = (parse(readFileSync(join(folder, files[0]!), 'utf8')) ?? {}) as Readonly<Record<string, unknown>>;
  for (const [field, value] of Object.entries(content)) {
    if (UNSUPPORTED.has(field)) throw plainError(`the field ${JSON.stringify(field)} of a kustomization is not available in the kubectl that comes with cka: install the real kubectl`);
    if (!KNOWN.has(field)) throw plainError(`invalid Kustomization: json: unknown field ${JSON.stringify(field)}`);
    if (LISTS.includes(field) && value !== null && !Array.isArray(value)) throw plainError(`invalid Kustomization: json: cannot unmarshal ${typeof value === 'object' ? 'object' : typeof value} into Go struct field Kustomization.${field} of type ${['resources', 'bases', 'components'].includes(field) ? '[]string' : 'array'}`);
  }
  const kustomization = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null)) as Kustomization;
  if (Object.keys(kustomization).every((field) => ['apiVersion', 'kind', 'metadata'].includes(field))) throw plainError(`${files[0]} is empty`);
  for (const [field, instead] of Object.entries(DEPRECATED)) if (field in kustomization) warn(`# Warning: '${field}' is deprecated. Please use '${instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n`);
  return kustomization;
}

/** The folder as the file system knows it. @param path whole @param given as it was typed @throws KubectlError when it is none */
export function folderAt(path: string, given = path): string {
  if (!existsSync(path)) throw plainError(`must build at directory: not a valid directory: evalsymlink failure on '${given}' : lstat ${path}: no such file or directory`);
  if (!statSync(path).isDirectory()) throw plainError(`must build at directory: '${path}': file is not directory`);
  return realpathSync(path);
}

export const missing = (path: string): string => `evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`;
