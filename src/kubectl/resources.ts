/**
 * Which resources the server has, and what a word on the command line means: `po`, `pods`, `Pod`, `deployments.apps`,
 * `deploy.v1.apps`. Asked from the server's aggregated discovery, or known from a moment ago. See cli-runtime/pkg/resource and restmapper.
 */
import type { Client } from './client.ts';
import type { DiscoveryCache } from './discovery-cache.ts';
import { KubectlError } from './io.ts';

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
}

interface AggregatedList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind?: string };
        readonly scope: 'Namespaced' | 'Cluster';
        readonly singularResource?: string;
        readonly shortNames?: readonly string[];
        readonly categories?: readonly string[];
        readonly verbs?: readonly string[];
      }[];
    }[];
  }[];
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

export class Resources {
  private constructor(
    /** In the server's order: core first, then groups by priority, preferred version first. */
    readonly all: readonly Resource[],
    /** Known from a moment ago: the server may have more by now. */
    readonly isCached: boolean,
  ) {}

  static async discover(client: Client, cache: DiscoveryCache): Promise<Resources> {
    const kept = cache.read();
    if (kept) return new Resources(kept, true);
    const lists = await Promise.all(['/api', '/apis'].map((path) => client.json<AggregatedList>('GET', path, { accept: ACCEPT })));
    const all = lists.flatMap((list) => (list.items ?? []).flatMap((group) =>
      (group.versions ?? []).flatMap((version) => (version.resources ?? []).map((one): Resource => ({
        group: group.metadata?.name ?? '',
        version: version.version,
        plural: one.resource,
        singular: one.singularResource || (one.responseKind?.kind ?? '').toLowerCase(),
        kind: one.responseKind?.kind ?? '',
        namespaced: one.scope === 'Namespaced',
        shortNames: one.shortNames ?? [],
        categories: one.categories ?? [],
        verbs: one.verbs ?? [],
      })))));
    cache.write(all);
    return new Resources(all, false);
  }

  /** By any of its names; a group or version may follow after dots. */
  find(word: string): Resource | undefined {
    const lower = word.toLowerCase();
    const named = (name: string, fits: (one: Resource) => boolean) =>
      this.all.find((one) => fits(one) && (one.plural === name || one.singular === name)) ?? this.all.find((one) => fits(one) && one.shortNames.includes(name)) ?? this.all.find((one) => fits(one) && one.kind.toLowerCase() === name);
    const bare = named(lower, () => true);
    if (bare) return bare;
    const [name, ...rest] = lower.split('.');
    const group = rest.join('.');
    if (rest.length === 0) return undefined;
    return named(name!, (one) => one.group === group || (group !== '' && one.group.startsWith(`${group}.`)) || (one.version === rest[0] && one.group === rest.slice(1).join('.')));
  }

  /** @throws KubectlError `the server doesn't have a resource type "foo"` */
  need(word: string): Resource {
    const found = this.find(word);
    if (!found) throw new UnknownResource(`error: the server doesn't have a resource type "${word}"`);
    return found;
  }

  ofKind(apiVersion: string, kind: string): Resource | undefined {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    return this.all.find((one) => one.kind === kind && one.group === group && one.version === version);
  }

  /** Of every group's resources the version that the server likes best. */
  preferred(): readonly Resource[] {
    const seen = new Set<string>();
    return this.all.filter((one) => {
      const key = qualified(one);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }

  inCategory(category: string): readonly Resource[] {
    return this.preferred().filter((one) => one.categories.includes(category));
  }
}

/** What nobody has heard of: it may be new to the server. */
export class UnknownResource extends KubectlError {}

/** `/api/v1/namespaces/default/pods/web`. */
export function pathOf(resource: Pick<Resource, 'group' | 'version' | 'plural' | 'namespaced'>, namespace: string | undefined, name?: string, subresource?: string): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const place = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${place}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}${subresource ? `/${subresource}` : ''}`;
}

/** `pods`, `deployments.apps`: how messages name a resource. */
export function qualified(resource: Pick<Resource, 'group' | 'plural'>): string {
  return resource.group ? `${resource.plural}.${resource.group}` : resource.plural;
}

/** `pod/web`, `deployment.apps/web`: how results name an object. */
export function objectName(resource: Pick<Resource, 'group' | 'singular'>, name: string): string {
  return `${resource.singular}${resource.group ? `.${resource.group}` : ''}/${name}`;
}
