/**
 * What the server serves, told in both forms that clients ask for: one document per group, and aggregated discovery.
 * Derived from the kinds, so that a new kind shows up by itself. See apiserver/pkg/endpoints/discovery.
 */
import { createHash } from 'node:crypto';
import { byPriority } from '../kinds/custom/custom-kind.ts';
import type { Kind, Subresource } from '../kinds/kind.ts';

/** Groups in the order of a real server's priorities; unknown ones follow by name. */
const GROUP_ORDER = [
  'apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch', 'certificates.k8s.io', 'networking.k8s.io',
  'policy', 'rbac.authorization.k8s.io', 'storage.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'scheduling.k8s.io', 'coordination.k8s.io', 'node.k8s.io',
  'discovery.k8s.io', 'resource.k8s.io', 'flowcontrol.apiserver.k8s.io',
];

/** Verbs and, where it is not the parent's, the kind that a subresource answers with. */
const SUBRESOURCES: Readonly<Record<Subresource, { readonly verbs: readonly string[]; readonly kind?: readonly [group: string, version: string, kind: string] }>> = {
  approval: { verbs: ['get', 'patch', 'update'] },
  attach: { verbs: ['create', 'get'], kind: ['', 'v1', 'PodAttachOptions'] },
  binding: { verbs: ['create'], kind: ['', 'v1', 'Binding'] },
  ephemeralcontainers: { verbs: ['get', 'patch', 'update'] },
  eviction: { verbs: ['create'], kind: ['policy', 'v1', 'Eviction'] },
  exec: { verbs: ['create', 'get'], kind: ['', 'v1', 'PodExecOptions'] },
  finalize: { verbs: ['update'] },
  log: { verbs: ['get'] },
  portforward: { verbs: ['create', 'get'], kind: ['', 'v1', 'PodPortForwardOptions'] },
  proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: ['', 'v1', 'PodProxyOptions'] },
  resize: { verbs: ['get', 'patch', 'update'] },
  scale: { verbs: ['get', 'patch', 'update'], kind: ['autoscaling', 'v1', 'Scale'] },
  status: { verbs: ['get', 'patch', 'update'] },
  token: { verbs: ['create'], kind: ['authentication.k8s.io', 'v1', 'TokenRequest'] },
};

export class Discovery {
  readonly #served: () => readonly Kind[];

  /** @param served asked each time: definitions add kinds and take them away */
  constructor(served: () => readonly Kind[]) {
    this.#served = served;
  }

  get #kinds(): readonly Kind[] {
    return this.#served().toSorted((a, b) => (a.plural < b.plural ? -1 : 1));
  }

  /** `/api` */
  versions(serverAddress: string): unknown {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
  }

  /** `/apis` */
  groupList(): unknown {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: this.#groups().map((group) => this.#group(group)) };
  }

  /** `/apis/apps`; undefined when there is no such group */
  group(group: string): unknown {
    return this.#groups().includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...this.#group(group) } : undefined;
  }

  /** `/api/v1`, `/apis/apps/v1`; undefined when there is no such version */
  resourceList(group: string, version: string): unknown {
    const kinds = this.#in(group, version);
    if (kinds.length === 0) return undefined;
    const resources = kinds.flatMap((kind) => [plainResource(kind), ...sorted(kind.subresources).map((sub) => plainSubresource(kind, sub))]);
    return { kind: 'APIResourceList', ...(group && { apiVersion: 'v1' }), groupVersion: group ? `${group}/${version}` : version, resources };
  }

  kindsIn(group: string, version: string): readonly Kind[] {
    return this.#in(group, version);
  }

  hasVersion(group: string, version: string): boolean {
    return this.#in(group, version).length > 0;
  }

  /** Every group version, `v1` and `apps/v1`, for the OpenAPI index. */
  groupVersions(): readonly { readonly group: string; readonly version: string }[] {
    return ['', ...this.#groups()].flatMap((group) => this.#versions(group).map((version) => ({ group, version })));
  }

  /** `/api` and `/apis` for clients that ask for APIGroupDiscoveryList. */
  aggregated(which: 'core' | 'groups', apiVersion: string): unknown {
    const items = (which === 'core' ? [''] : this.#groups()).map((group) => ({
      metadata: group ? { name: group } : {},
      versions: this.#versions(group).map((version) => ({ version, resources: this.#in(group, version).map(aggregatedResource), freshness: 'Current' })),
    }));
    return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${apiVersion}`, metadata: {}, items };
  }

  #group(name: string): object {
    const versions = this.#versions(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions, preferredVersion: versions[0] };
  }

  #groups(): string[] {
    const rank = (group: string) => (GROUP_ORDER.includes(group) ? GROUP_ORDER.indexOf(group) : GROUP_ORDER.length);
    return [...new Set(this.#kinds.map((kind) => kind.group))].filter((group) => group !== '').sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  /** Newest first: v2 before v1, v1 before v1beta1. */
  #versions(group: string): string[] {
    return [...new Set(this.#kinds.filter((kind) => kind.group === group).map((kind) => kind.version))].sort(byPriority);
  }

  #in(group: string, version: string): Kind[] {
    return this.#kinds.filter((kind) => kind.group === group && kind.version === version);
  }
}

const sorted = <T extends string>(items: readonly T[]): T[] => items.toSorted();

function plainResource(kind: Kind): object {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: sorted(kind.verbs),
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    ...(kind.stored && { storageVersionHash: createHash('sha256').update(`${kind.group}/${kind.version}/${kind.kind}`).digest().subarray(0, 8).toString('base64') }),
  };
}

function plainSubresource(kind: Kind, sub: Subresource): object {
  const { verbs, kind: own } = SUBRESOURCES[sub];
  const isElsewhere = own && (own[0] !== kind.group || own[1] !== kind.version);
  return {
    name: `${kind.plural}/${sub}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(isElsewhere && { group: own[0], version: own[1] }),
    kind: own?.[2] ?? kind.kind,
    verbs,
  };
}

function aggregatedResource(kind: Kind): object {
  const subresources = sorted(kind.subresources).map((sub) => {
    const [group, version, name] = SUBRESOURCES[sub].kind ?? ['', '', kind.kind];
    // A kind of the parent's own group version is named without them.
    const isHere = group === kind.group && version === kind.version;
    return { subresource: sub, responseKind: { group: isHere ? '' : group, version: isHere ? '' : version, kind: name }, verbs: SUBRESOURCES[sub].verbs };
  });
  return {
    resource: kind.plural,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: sorted(kind.verbs),
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}
