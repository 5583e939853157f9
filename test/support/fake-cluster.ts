/**
 * A cluster made of a few objects in memory and a function for commands: enough for the labs' own code (sessions, view,
 * checkers), which must work on any backend. Knows no networking and no controllers.
 */
import type { Cluster, ClusterBackend, ClusterInfo, ExecResult, ExecTarget } from '../../src/cluster/cluster.ts';
import type { KubernetesObject } from '../../src/lab/checker.ts';

export interface FakeOptions {
  readonly objects?: readonly KubernetesObject[];
  readonly exec?: (where: ExecTarget, command: readonly string[]) => ExecResult | Promise<ExecResult>;
  readonly kubeconfig?: string;
}

const RESOURCES: Readonly<Record<string, readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[]>> = {
  '/api/v1': [
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
    { name: 'nodes', kind: 'Node', namespaced: false },
    { name: 'pods', kind: 'Pod', namespaced: true },
    { name: 'services', kind: 'Service', namespaced: true },
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true },
  ],
  '/apis/apps/v1': [{ name: 'deployments', kind: 'Deployment', namespaced: true }],
  '/apis/discovery.k8s.io/v1': [{ name: 'endpointslices', kind: 'EndpointSlice', namespaced: true }],
};

export class FakeCluster implements Cluster {
  readonly info: ClusterInfo;
  readonly offers: Cluster['offers'] = new Set(['nodes-2', 'node-shell', 'reset', 'cni-calico']);
  /** Every writing request, as `POST /api/v1/namespaces`. */
  readonly writes: string[] = [];
  readonly objects = new Map<string, KubernetesObject>();
  resets = 0;
  owner?: string;
  readonly #options: FakeOptions;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.info = { backend: 'simulator', name: 'cka-lab', cni: 'calico', proxyMode: 'iptables', kubernetesVersion: 'v1.35.0', kubeconfig: options.kubeconfig ?? '/nowhere/kubeconfig', context: 'kind-cka-lab', nodes: ['cka-lab-control-plane', 'cka-lab-worker', 'cka-lab-worker2'], running: true, because: 'a test said so' };
    this.#fill();
  }

  async exec(where: ExecTarget, command: readonly string[]): Promise<ExecResult> {
    return this.#options.exec?.(where, command) ?? { stdout: '', stderr: `sh: ${command[0]}: not found`, exitCode: 127 };
  }

  async session(): Promise<number> {
    throw new Error('the fake cluster has no sessions');
  }

  async request(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
    if (method !== 'GET') this.writes.push(`${method} ${path}`);
    const [plain, query] = path.split('?') as [string, string | undefined];
    const root = Object.keys(RESOURCES).find((prefix) => plain.startsWith(prefix));
    if (method === 'GET' && RESOURCES[plain]) return { status: 200, body: { resources: RESOURCES[plain] } };
    const group = /^\/apis\/([^/]+)$/.exec(plain)?.[1];
    if (group) return { status: 200, body: { preferredVersion: { version: 'v1' } } };
    if (!root) return { status: 404, body: { message: 'not found' } };
    if (method === 'POST') return this.#create(plain, body as KubernetesObject);
    if (method === 'DELETE') return this.objects.delete(plain) ? { status: 200, body: {} } : { status: 404, body: { message: 'not found' } };
    const one = this.objects.get(plain);
    if (one) return { status: 200, body: one };
    const selector = new URLSearchParams(query ?? '').get('labelSelector');
    if (/\/(namespaces|nodes|pods|services|configmaps|deployments|endpointslices)$/.test(plain)) {
      const items = [...this.objects].filter(([key, object]) => key.startsWith(`${plain}/`) && key.split('/').length === plain.split('/').length + 1 && selects(selector, object)).map(([, object]) => object);
      return { status: 200, body: { items } };
    }
    return { status: 404, body: { message: `${plain} not found` } };
  }

  async reset(): Promise<void> {
    this.resets++;
    this.#fill();
  }

  async down(): Promise<void> {
    this.objects.clear();
  }

  put(object: KubernetesObject): void {
    this.objects.set(pathOf(object), object);
  }

  #fill(): void {
    this.objects.clear();
    for (const object of this.#options.objects ?? []) this.put(object);
  }

  #create(collection: string, object: KubernetesObject): { readonly status: number; readonly body: unknown } {
    const path = `${collection}/${object.metadata.name}`;
    if (this.objects.has(path)) return { status: 409, body: { message: `${object.metadata.name} already exists` } };
    this.objects.set(path, object);
    // What the controller manager would do at once.
    if (object.kind === 'Namespace') this.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: object.metadata.name } });
    return { status: 201, body: object };
  }
}

/** A backend with this one cluster, running or not. */
export function fakeBackend(cluster: FakeCluster, running = false): ClusterBackend {
  let up = running;
  return {
    name: 'simulator',
    probe: async () => ({ available: true }),
    async up() {
      up = true;
      return cluster;
    },
    find: async (name) => (up && name === cluster.info.name ? cluster : undefined),
    list: async () => (up ? [cluster.info] : []),
  };
}

function pathOf(object: KubernetesObject): string {
  const [root, resources] = Object.entries(RESOURCES).find(([prefix]) => prefix.endsWith(`/${object.apiVersion}`))!;
  const { name } = resources.find(({ kind }) => kind === object.kind)!;
  const { namespace } = object.metadata;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${name}/${object.metadata.name}`;
}

function selects(selector: string | null, object: KubernetesObject): boolean {
  if (!selector) return true;
  return selector.split(',').every((term) => {
    const [key, value] = term.split('=') as [string, string | undefined];
    const actual = object.metadata.labels?.[key];
    return value === undefined ? actual !== undefined : actual === value;
  });
}
