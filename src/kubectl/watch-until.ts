/**
 * Watching one object until something is so: a list, then a watch from there, as often as the server ends one. The time
 * limit and Ctrl-C end it wherever it is. See client-go/tools/watch/until.go.
 */
import { StatusError } from './client.ts';
import { KubectlError } from './io.ts';
import type { Run } from './command.ts';
import type { Named } from './named.ts';
import type { KubeObject, List } from './object.ts';
import { deadline } from './pause.ts';
import { pathOf } from './resources.ts';

export interface Sighting {
  /** Undefined while there is none. */
  readonly object: KubeObject | undefined;
  /** Whether it went while we watched, as against never having been there. */
  readonly wentAway: boolean;
}

type Watched = Pick<Named, 'name' | 'namespace'> & { readonly resource: Pick<Named['resource'], 'group' | 'version' | 'plural' | 'namespaced'> & { readonly kind?: string } };

/**
 * @param limitMs undefined is for ever; 0 looks once
 * @returns what `judge` returned when it first was not undefined; undefined when the time was over before
 * @throws KubectlError on Ctrl-C, StatusError
 */
export async function watchUntil<T>(run: Run, { resource, namespace, name }: Watched, limitMs: number | undefined, judge: (sighting: Sighting) => T | undefined): Promise<T | undefined> {
  const path = `${pathOf(resource, namespace)}?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
  const kind = { apiVersion: resource.group ? `${resource.group}/${resource.version}` : resource.version, ...(resource.kind ? { kind: resource.kind } : {}) };
  const until = deadline(run.io, limitMs === 0 ? undefined : limitMs);
  try {
    for (;;) {
      const list = await run.client.json<List>('GET', path, { signal: until.signal }).catch((error: unknown) => {
        if (until.isOver() && !run.io.signal.aborted) return undefined;
        throw error;
      });
      if (!list) return undefined;
      const [item] = list.items;
      const first = judge({ object: item && { ...item, ...kind }, wentAway: false });
      if (first !== undefined || limitMs === 0) return first;
      for await (const { type, object } of run.client.watch<KubeObject>(`${path}&watch=true&resourceVersion=${list.metadata?.resourceVersion ?? ''}`, 'application/json', until.signal)) {
        if (type === 'BOOKMARK') continue;
        // Too old a version, most often: listed anew.
        if (type === 'ERROR') break;
        const verdict = judge(type === 'DELETED' ? { object: undefined, wentAway: true } : { object, wentAway: false });
        if (verdict !== undefined) return verdict;
      }
      if (run.io.signal.aborted) throw new KubectlError('', 130);
      if (until.isOver()) return undefined;
    }
  } finally {
    until.end();
  }
}

/** What the server says of an object that is not there. */
export function notFound({ resource, name }: Pick<Watched, 'resource' | 'name'>): StatusError {
  return new StatusError({ reason: 'NotFound', code: 404, message: `${resource.plural}${resource.group ? `.${resource.group}` : ''} ${JSON.stringify(name)} not found` });
}
