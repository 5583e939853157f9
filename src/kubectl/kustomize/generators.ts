/** ConfigMaps and Secrets from literals, files and env files. See kustomize/api/kv and internal/generators. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { plainError } from '../io.ts';
import type { KubeObject } from '../object.ts';
import { missing, type Generator, type GeneratorOptions } from './kustomization.ts';
import { resourceOf, type Resource } from './resource.ts';

/** @param known what there is already: a generator may add to it, or take its place @throws KubectlError */
export function generated(kind: 'ConfigMap' | 'Secret', generator: Generator, common: GeneratorOptions | undefined, folder: string, known: readonly Resource[]): readonly Resource[] {
  const options: GeneratorOptions = { ...common, ...generator.options, labels: { ...common?.labels, ...generator.options?.labels }, annotations: { ...common?.annotations, ...generator.options?.annotations } };
  const made = resourceOf(objectOf(kind, generator, options, folder), !(options.disableNameSuffixHash ?? false));
  const at = known.findIndex(({ object, names }) => object.kind === kind && names.includes(generator.name) && (object.metadata?.namespace ?? '') === (generator.namespace ?? object.metadata?.namespace ?? ''));
  const behavior = generator.behavior ?? 'create';
  if (behavior === 'create') {
    if (at >= 0) throw plainError(`merging from generator: id ${kind} ${JSON.stringify(generator.name)} exists; behavior must be merge or replace`);
    return [...known, made];
  }
  if (behavior !== 'merge' && behavior !== 'replace') throw plainError(`unknown behavior: ${behavior}`);
  if (at < 0) throw plainError(`merging from generator: id ${kind} ${JSON.stringify(generator.name)} does not exist; cannot merge or replace`);
  const old = known[at]!;
  const both = (field: string) => (old.object[field] || made.object[field] ? { [field]: { ...(old.object[field] as object | undefined), ...(made.object[field] as object | undefined) } } : {});
  const content = behavior === 'merge' ? { ...old.object, ...both('data'), ...both('binaryData') } : { ...made.object };
  const metadata = { ...old.object.metadata, ...joined('labels', old.object, made.object), ...joined('annotations', old.object, made.object) };
  return known.with(at, { ...old, object: { ...content, metadata } });
}

function joined(field: 'labels' | 'annotations', old: KubeObject, made: KubeObject): Record<string, unknown> {
  const all = { ...old.metadata?.[field], ...made.metadata?.[field] };
  return Object.keys(all).length > 0 ? { [field]: all } : {};
}

function objectOf(kind: 'ConfigMap' | 'Secret', generator: Generator, options: GeneratorOptions, folder: string): KubeObject {
  const entries = entriesOf(generator, folder);
  const isText = (bytes: Buffer) => Buffer.from(bytes.toString('utf8')).equals(bytes);
  const part = (wanted: readonly (readonly [string, Buffer])[], encoding: 'utf8' | 'base64') => Object.fromEntries(wanted.map(([key, bytes]) => [key, bytes.toString(encoding)]));
  const texts = kind === 'Secret' ? entries : entries.filter(([, bytes]) => isText(bytes));
  const binaries = kind === 'Secret' ? [] : entries.filter(([, bytes]) => !isText(bytes));
  const filled = <T extends object>(field: string, value: T | undefined) => (value && Object.keys(value).length > 0 ? { [field]: value } : {});
  return {
    apiVersion: 'v1', kind,
    metadata: { name: generator.name, ...(generator.namespace ? { namespace: generator.namespace } : {}), ...filled('labels', options.labels), ...filled('annotations', options.annotations) },
    ...filled('data', part(texts, kind === 'Secret' ? 'base64' : 'utf8')), ...filled('binaryData', part(binaries, 'base64')), ...(kind === 'Secret' ? { type: generator.type ?? 'Opaque' } : {}), ...(options.immutable ? { immutable: true } : {}),
  };
}

function entriesOf({ literals = [], files = [], env, envs = [] }: Generator, folder: string): readonly (readonly [string, Buffer])[] {
  const read = (path: string, what: string, all: readonly string[]) => {
    const at = resolve(folder, path);
    if (!existsSync(at)) throw plainError(`loading KV pairs: ${what} sources: [${all.join(' ')}]: ${missing(at)}`);
    return readFileSync(at);
  };
  const lists = [...(env === undefined ? [] : [env]), ...envs];
  const found = [
    ...lists.flatMap((path) => envLines(read(path, 'env source', lists).toString('utf8'))),
    ...literals.map((literal) => {
      const at = literal.indexOf('=');
      if (at <= 0) throw plainError(`loading KV pairs: literal sources [${literals.join(' ')}]: invalid literal source ${literal}, expected key=value`);
      return [literal.slice(0, at), Buffer.from(unquoted(literal.slice(at + 1)))] as const;
    }),
    ...files.map((file) => {
      const [key, path] = file.includes('=') ? [file.slice(0, file.indexOf('=')), file.slice(file.indexOf('=') + 1)] : [basename(file), file];
      return [key, read(path, 'file', files)] as const;
    }),
  ];
  const twice = found.find(([key], index) => found.findIndex(([other]) => other === key) !== index);
  if (twice) throw plainError(`configmap cannot add key '${twice[0]}', another key by that name already exists`);
  return found;
}

/** One pair of quotes around a whole value goes. */
const unquoted = (text: string): string => /^(["'])([^]*)\1$/.exec(text)?.[2] ?? text;

function envLines(text: string): readonly (readonly [string, Buffer])[] {
  return text.split('\n').map((line) => line.trimStart()).filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [line, Buffer.from(process.env[line] ?? '')] : [line.slice(0, at), Buffer.from(line.slice(at + 1))];
  });
}
