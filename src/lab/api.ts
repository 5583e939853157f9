/**
 * Addresses of Kubernetes objects behind `Cluster.request`: which path a resource or a kind has, found by discovery.
 * Knows no backend. See kubernetes.io/docs/reference/using-api/api-concepts.
 */
import { UserError } from '../base/user-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { KubernetesObject } from './checker.ts';

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export class Api {
  readonly #versions = new Map<string, Promise<string>>();
  readonly #resources = new Map<string, Promise<readonly ApiResource[]>>();

  constructor(private readonly cluster: Cluster) {}

  /** `pods`, `deployments.apps` to the path of one object or of a collection. */
  async path(resource: string, namespace: string | undefined, name?: string): Promise<string> {
    const dot = resource.indexOf('.');
    const [plural, group] = dot < 0 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
    const root = group === '' ? '/api/v1' : `/apis/${group}/${await this.#versionOf(group)}`;
    return join(root, namespace, plural, name);
  }

  /** Where an object of this kind lives. @throws Error when the cluster does not serve the kind */
  async pathOf(object: KubernetesObject): Promise<{ readonly collection: string; readonly one: string }> {
    const apiVersion = object.apiVersion ?? '';
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = (await this.#resourcesOf(root)).find(({ name, kind }) => kind === object.kind && !name.includes('/'));
    if (!resource) throw new Error(`the cluster has no kind ${object.kind} in ${apiVersion}`);
    const namespace = resource.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
    return { collection: join(root, namespace, resource.name), one: join(root, namespace, resource.name, object.metadata.name) };
  }

  /** Undefined when it does not exist. @throws UserError for every other refusal */
  async get(path: string): Promise<unknown> {
    const { status, body } = await this.cluster.request('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw refusal('GET', path, status, body);
    return body;
  }

  /** @throws UserError when the answer is no success */
  async send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, contentType = 'application/json'): Promise<unknown> {
    const answer = await this.cluster.request(method, path, body, contentType);
    if (answer.status >= 300) throw refusal(method, path, answer.status, answer.body);
    return answer.body;
  }

  #versionOf(group: string): Promise<string> {
    return remember(this.#versions, group, async () => {
      const found = (await this.get(`/apis/${group}`)) as { readonly preferredVersion: { readonly version: string } } | undefined;
      if (!found) throw new Error(`the cluster has no API group ${group}`);
      return found.preferredVersion.version;
    });
  }

  #resourcesOf(root: string): Promise<readonly ApiResource[]> {
    return remember(this.#resources, root, async () => ((await this.get(root)) as { readonly resources: readonly ApiResource[] } | undefined)?.resources ?? []);
  }
}

/** An API server's refusal, in its own words. */
export class Refused extends UserError {
  constructor(readonly status: number, message: string) {
    super(message, 'If the cluster is broken, `cka lab reset` puts it back to the start.', 3);
  }
}

function refusal(method: string, path: string, status: number, body: unknown): Refused {
  const message = (body as { readonly message?: string } | undefined)?.message ?? JSON.stringify(body);
  return new Refused(status, `The cluster refused ${method} ${path} (${status}): ${message}`);
}

function join(root: string, namespace: string | undefined, plural: string, name?: string): string {
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** Ask once; a failed question may be asked again. */
function remember<T>(map: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known) return known;
  const asked = ask();
  map.set(key, asked);
  asked.catch(() => map.delete(key));
  return asked;
}
