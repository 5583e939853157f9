/** The objects a changing verb is about: from files, by name, by selector, or all of a kind, each with its place. */
import type { Run } from './command.ts';
import { readManifests, targetsOfFiles } from './files.ts';
import type { Flag } from './flags.ts';
import { KubectlError, plainError } from './io.ts';
import type { KubeObject } from './object.ts';
import { pathOf, type Resource } from './resources.ts';
import { targetsOf } from './select.ts';
import { listAll } from './verbs/get.ts';

export interface Named {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace: string;
  /** Known already when it was listed. */
  readonly object?: KubeObject;
  /** What the file said, when it came from one. */
  readonly manifest?: KubeObject;
  /** And which file that was. */
  readonly source?: string;
}

export const LOCAL_FLAG: Flag = { name: 'local', type: 'bool', value: false, help: 'If true, the command will NOT contact api-server but run locally.' };

export interface NamedOptions {
  /** Whether a bare kind means all of its objects (with `--all`) or those of `-l`. */
  readonly many: boolean;
  /** Said when nothing was asked for. */
  readonly missing?: string;
}

/** @throws KubectlError when nothing is named */
export async function namedObjects(run: Run, args: readonly string[], options: NamedOptions): Promise<readonly Named[]> {
  if (run.flags.bool('local')) return localObjects(run, args);
  const fromFiles = await targetsOfFiles(run);
  if (fromFiles.length > 0) return fromFiles.map(({ resource, name, namespace, object, source }) => ({ resource, name, namespace: namespace ?? run.namespace, manifest: object, source }));
  if (args.length === 0) throw new KubectlError(options.missing ?? `error: You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'`);
  const selecting = run.flags.text('selector') !== '' || run.flags.text('field-selector') !== '' || run.flags.bool('all');
  const everywhere = run.flags.bool('all-namespaces');
  const found: Named[] = [];
  for (const target of await targetsOf(run, args)) {
    if (target.name !== undefined) {
      // `expose --selector` is what the Service will select, and chooses nothing.
      if (selecting && options.many) throw plainError('name cannot be provided when a selector is specified');
      found.push({ resource: target.resource, name: target.name, namespace: run.namespace });
      continue;
    }
    if (!options.many || !(selecting || everywhere)) throw plainError('resource(s) were provided, but no name was specified');
    for (const object of await listAll(run, target.resource, everywhere ? undefined : run.namespace)) {
      found.push({ resource: target.resource, name: object.metadata?.name ?? '', namespace: object.metadata?.namespace ?? run.namespace, object });
    }
  }
  return found;
}

/** `--local`: the files alone, and no server is asked what their kinds are. */
async function localObjects(run: Run, args: readonly string[]): Promise<readonly Named[]> {
  if (args.length > 0) throw plainError('can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set');
  return (await readManifests(run)).map(({ object, source }) => {
    const [version = '', group = ''] = (object.apiVersion ?? '').split('/').toReversed();
    const singular = (object.kind ?? '').toLowerCase();
    const resource: Resource = { group, version, plural: `${singular}s`, singular, kind: object.kind ?? '', namespaced: true, shortNames: [], categories: [], verbs: [] };
    return { resource, name: object.metadata?.name ?? '', namespace: object.metadata?.namespace ?? run.namespace, object, manifest: object, source };
  });
}

export function pathTo(named: Named, subresource?: string): string {
  return pathOf(named.resource, named.namespace, named.name, subresource);
}

/** As the server has it now. @throws StatusError */
export async function fetch(run: Run, named: Named): Promise<KubeObject> {
  return named.object ?? run.client.json<KubeObject>('GET', pathTo(named));
}
