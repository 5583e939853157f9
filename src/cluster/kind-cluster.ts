/**
 * A kind cluster that we made: requests over its API, commands on nodes through the container engine, the way back to its
 * start, and its end. Labs do not notice that it is not the simulator.
 */
import { UserError } from '../base/user-error.ts';
import { nodeNames } from '../sim/topology.ts';
import { type Baseline, restoreBaseline } from './baseline.ts';
import type { ApiClient } from './client.ts';
import type { Capability, Cluster, ClusterInfo, ClusterSpec, ExecTarget, SessionIo } from './cluster.ts';
import { alone } from './cluster-lock.ts';
import { USUAL_ENCAPSULATION } from './encapsulation.ts';
import type { Engine } from './engine.ts';
import { Interrupted } from './interrupt.ts';
import type { KindFiles, KindRecord } from './kind-files.ts';
import { KubectlClient } from './kubectl-client.ts';
import { IPVS_MODULES } from './modules.ts';
import { restoreNodeFiles } from './node-files.ts';
import { NETSHOOT_IMAGE } from './pins.ts';
import { areInMode, type ProxyNodes, restartProxies, switchProxyMode } from './proxy-mode.ts';
import { runAttached } from './attached.ts';
import { calicoNamespace, followsKubeProxy } from './steps/pinned.ts';
import { probeNetwork } from './steps/probe.ts';
import type { Tools } from './tools.ts';

export interface KindParts {
  readonly files: KindFiles;
  readonly record: KindRecord;
  readonly engine: Engine;
  readonly tools: Tools;
  readonly client: ApiClient;
  /** Removes containers and record. */
  readonly remove: () => Promise<void>;
}

export class KindCluster implements Cluster {
  readonly info: ClusterInfo;
  readonly offers: ReadonlySet<Capability>;
  readonly #parts: KindParts;

  constructor(parts: KindParts) {
    this.#parts = parts;
    this.info = kindInfo(parts.record, parts.files, true);
    this.offers = new Set(offersOf(parts.record));
  }

  exec: Cluster['exec'] = async (where, command, options = {}) => {
    if (!('node' in where)) return this.#parts.client.exec(where, command, options);
    const { engine } = this.#parts;
    const ran = await engine.exec(this.#node(where.node), command, { ...(options.stdin === undefined ? {} : { input: options.stdin }), ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }) });
    if (ran.exitCode === 124 && options.timeoutMs !== undefined) throw new UserError(`${command.join(' ')} did not end within ${options.timeoutMs} ms.`, 'Look at what it waits for, or give it more time.', 1);
    return ran;
  };

  session: Cluster['session'] = async (where: ExecTarget, command: readonly string[], io: SessionIo) => {
    if (!('node' in where)) return this.#parts.client.session(where, command, io);
    const { engine, tools } = this.#parts;
    return runAttached(engine.name, engine.execArgs(this.#node(where.node), command, { stdin: true, tty: io.tty }), io, tools.env);
  };

  readonly commandOn = (node: string, command: readonly string[], tty: boolean): readonly string[] => {
    const { engine } = this.#parts;
    return [engine.name, ...engine.execArgs(this.#node(node), command.length === 1 && command[0] === 'bash' ? ['bash', '-l'] : command, { stdin: true, tty })];
  };

  /** Its own tools, the node's sockets, routes and processes. Of iptables the node's own counts: another build may speak to other tables. */
  readonly toolsBeside = (node: string, command: readonly string[], tty: boolean): readonly string[] => {
    const name = this.#node(node);
    const { engine } = this.#parts;
    return [engine.name, 'run', '--rm', ...(tty ? ['-it'] : ['-i']), '--privileged', '--net', `container:${name}`, '--pid', `container:${name}`, engine.named(NETSHOOT_IMAGE), ...command];
  };

  async request(method: string, path: string, body?: unknown, contentType?: string): Promise<{ readonly status: number; readonly body: unknown }> {
    try {
      return await this.#parts.client.request(method, path, body, contentType);
    } catch (error) {
      throw new UserError(`The cluster ${this.info.name} does not answer: ${(error as Error).message}.`, `Run \`cka cluster up --name ${this.info.name}\`: it starts nodes that stand still.`);
    }
  }

  /** Objects, files on nodes, kube-proxy's rules; then a look whether the network works. @throws UserError */
  async reset(onProgress: (line: string) => void = () => undefined): Promise<void> {
    const { files, record } = this.#parts;
    await alone(files.folder, record.spec.name, async () => {
      const baseline = files.read<Baseline>('baseline.json');
      if (!baseline) throw new UserError(`Cluster ${record.spec.name} has no record of its start.`, `Make it anew: cka cluster down --name ${record.spec.name}`);
      const at = this.#proxyNodes();
      const isTouched: boolean[] = [];
      // Files first: a node whose kubelet or API server was broken must be whole before objects can be put back.
      for (const node of this.info.nodes) isTouched.push(await restoreNodeFiles(this.#parts.engine, node));
      if (isTouched.includes(true)) await at.kubectl.must(['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=180s']);
      const { putBack } = await restoreBaseline(at.kubectl, baseline, onProgress);
      const { proxyMode } = record.spec;
      if (putBack.includes('ConfigMap kube-system/kube-proxy') || !(await areInMode(at, proxyMode))) await restartProxies(at, proxyMode, onProgress);
      if (putBack.includes('ConfigMap kube-system/coredns')) await at.kubectl.must(['-n', 'kube-system', 'rollout', 'restart', 'deployment/coredns']);
      files.writeRecord({ ...(files.readRecord() ?? record), proxyMode });
      await this.#verify(at.kubectl, onProgress);
    });
  }

  /** @throws UserError when a kube-proxy does not come up in that mode */
  async switchProxyMode(mode: ClusterSpec['proxyMode'], onProgress: (line: string) => void): Promise<void> {
    await switchProxyMode(this.#proxyNodes(), mode, onProgress);
    this.#parts.files.writeRecord({ ...this.#parts.record, proxyMode: mode });
  }

  async down(): Promise<void> {
    this.#parts.client.close();
    await this.#parts.remove();
  }

  async #verify(kubectl: KubectlClient, onProgress: (line: string) => void): Promise<void> {
    await kubectl.must(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=180s']);
    try {
      await probeNetwork(kubectl, this.#parts.record.spec, onProgress);
    } catch (error) {
      // A network that does not work is refused; what ended everything, or a fault of ours, is no reason to restart nodes.
      if (!(error instanceof UserError) || error instanceof Interrupted) throw error;
      // Routes and rules that were changed by hand on a node are in no object and in no file: a restart makes them anew.
      onProgress('restarting the nodes, whose network was changed');
      await this.#parts.engine.must(['restart', ...this.info.nodes]);
      await kubectl.must(['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=300s'], { timeoutMs: 320_000 });
      await probeNetwork(kubectl, this.#parts.record.spec, onProgress);
    }
  }

  #proxyNodes(): ProxyNodes {
    const { engine, files, tools, record } = this.#parts;
    return { kubectl: KubectlClient.for(files.kubeconfig(), { engine, name: `${record.spec.name}-control-plane` }, tools), engine, nodes: this.info.nodes, ...(record.spec.cni === 'calico' ? { calico: { namespace: calicoNamespace(record), followsKubeProxy: followsKubeProxy(record) } } : {}) };
  }

  #node(name: string): string {
    const node = this.info.nodes.find((candidate) => candidate === name);
    if (node === undefined) throw new UserError(`nodes "${name}" not found`, `The nodes of this cluster: ${this.info.nodes.join(', ')}.`, 1);
    return node;
  }
}

export function kindInfo(record: KindRecord, files: KindFiles, running: boolean): ClusterInfo {
  const { spec } = record;
  return {
    backend: 'kind', name: spec.name, cni: spec.cni, proxyMode: record.proxyMode ?? spec.proxyMode, encapsulation: USUAL_ENCAPSULATION, kubernetesVersion: record.kubernetesVersion ?? 'unknown',
    kubeconfig: files.kubeconfig(), context: `kind-${spec.name}`, nodes: record.nodes?.map(({ name }) => name) ?? nodeNames(spec), running,
    ...(spec.because === undefined ? {} : { because: spec.because }),
  };
}

function offersOf({ spec, modules = [], kubernetesVersion = '' }: KindRecord): readonly Capability[] {
  // From Kubernetes 1.43 on kube-proxy has no such mode.
  const hasIpvs = IPVS_MODULES.every((name) => modules.includes(name)) && Number(/^v1\.(\d+)/.exec(kubernetesVersion)?.[1] ?? 0) < 43;
  return [
    ...(spec.workers >= 2 ? (['nodes-2'] as const) : []), 'node-shell', 'reset', `cni-${spec.cni}`, 'cluster-wide', 'kind',
    // Flannel accepts NetworkPolicies and enforces none.
    ...(spec.cni === 'calico' ? (['network-policy'] as const) : []),
    ...(hasIpvs ? (['ipvs'] as const) : []),
  ];
}
