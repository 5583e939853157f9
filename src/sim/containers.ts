/**
 * Streams into containers, whichever node they run on: what the API server asks of kubelets. And into nodes themselves,
 * which no kubelet serves.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import { badRequest, internal, notFound } from '../api/status.ts';
import type { Registry } from '../kinds/registry.ts';
import { execIn, type Containers, type DuplexBytes, type ExecOutcome, type StreamIo, type Target } from '../node/kubelet/streams.ts';
import type { PlainMachines } from './machines.ts';
import { PLAIN_MACHINES } from './topology.ts';
import type { SimNode } from './sim-node.ts';

type LogArguments = Parameters<Containers['log']>;

export class SimulatedContainers {
  #onNodes = 0;
  #wasOnNodes = false;

  constructor(
    private readonly registry: Registry,
    private readonly nodes: ReadonlyMap<string, SimNode>,
    private readonly machines?: PlainMachines,
  ) {}

  async exec(target: Target, command: readonly string[], io: StreamIo): Promise<ExecOutcome> {
    return this.#kubeletOf(target).exec(target, command, io);
  }

  async attach(target: Target, io: StreamIo): Promise<ExecOutcome> {
    return this.#kubeletOf(target).attach(target, io);
  }

  async log(target: Target, options: LogArguments[1], write: LogArguments[2], signal: AbortSignal): Promise<void> {
    return this.#kubeletOf(target).log(target, options, write, signal);
  }

  async portForward(target: Target, port: number, data: DuplexBytes): Promise<void> {
    return this.#kubeletOf(target).portForward(target, port, data);
  }

  reaches(node: string): boolean {
    return PLAIN_MACHINES.has(node);
  }

  /** Did a command run on a node since this was last asked? What the nodes hold may have changed then. */
  takeNodeUse(): boolean {
    const used = this.#wasOnNodes || this.#onNodes > 0;
    this.#wasOnNodes = false;
    return used;
  }

  /** @throws ApiError NotFound */
  async nodeExec(node: string, command: readonly string[], io: StreamIo): Promise<ExecOutcome> {
    const plain = this.machines?.get(node);
    if (plain) return execIn(plain, command, io, { env: PLAIN_ENVIRONMENT, cwd: '/root', user: 'root' });
    const found = this.nodes.get(node);
    if (!found) throw notFound({ group: '', plural: 'nodes' }, node);
    this.#onNodes++;
    try {
      return await execIn(found.machine, command, io, { env: NODE_ENVIRONMENT, cwd: '/root', user: 'root' });
    } finally {
      this.#onNodes--;
      this.#wasOnNodes = true;
    }
  }

  /** The kubelet of the pod's node; refuses as the API server does when it cannot reach one. */
  #kubeletOf({ namespace, pod }: Target): Containers {
    const object = this.registry.get('pods', pod, namespace) as Stored<KubeObject & { spec: { nodeName?: string } }>;
    if (!object.spec.nodeName) throw badRequest(`pod ${pod} does not have a host assigned`);
    const node = this.nodes.get(object.spec.nodeName);
    if (!node) throw internal(`Get "https://${object.spec.nodeName}:10250/containerLogs/${namespace}/${pod}": dial tcp: lookup ${object.spec.nodeName}: no such host`);
    if (node.machine.units.get('kubelet')?.state !== 'active') throw internal(`Get "https://${node.plan.address}:10250/containerLogs/${namespace}/${pod}": dial tcp ${node.plan.address}:10250: connect: connection refused`);
    return node.kubelet.containers;
  }
}

/** Of a machine that belongs to no cluster. */
const PLAIN_ENVIRONMENT = new Map([
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['HOME', '/root'],
  ['USER', 'root'],
  ['SHELL', '/bin/bash'],
  ['LANG', 'C.UTF-8'],
]);

const NODE_ENVIRONMENT = new Map([
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['HOME', '/root'],
  ['USER', 'root'],
  ['LANG', 'C.UTF-8'],
  ['KUBECONFIG', '/etc/kubernetes/admin.conf'],
]);
