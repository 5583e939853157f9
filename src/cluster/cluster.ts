/**
 * Where labs run. Backends (simulator, kind, the learner's own cluster) implement this and pass one conformance suite.
 * Labs, checkers and screens know nothing else of a cluster.
 */
import type { Encapsulation } from '../sim/topology.ts';

export type BackendName = 'simulator' | 'kind' | 'existing';

/** What a cluster can truthfully do. Labs declare what they need; what is missing is said with a reason. */
export const CAPABILITIES = [
  'nodes-2', // at least two schedulable nodes
  'node-shell', // exec and ssh on nodes
  'network-policy', // NetworkPolicy is enforced
  'ipvs', // kube-proxy can run in IPVS mode
  'reset', // back to the start without a new cluster
  'cni-calico',
  'cni-flannel',
  'plain-machines', // machines beside the cluster, to make nodes of
  'cluster-wide', // what belongs to no namespace may be changed
  'simulator', // it can be looked into as no real cluster can
  'kind', // real kernels and containers
] as const;

export type Capability = (typeof CAPABILITIES)[number];

export interface ClusterSpec {
  /** `cka-lab`: nodes are `<name>-control-plane`, `<name>-worker`, `<name>-worker2`; the context is `kind-<name>`. */
  readonly name: string;
  readonly workers: number;
  readonly cni: 'calico' | 'flannel';
  readonly proxyMode: 'iptables' | 'ipvs' | 'nftables';
  /** How pods' packets cross from node to node; VXLAN when it says nothing. */
  readonly encapsulation?: Encapsulation;
  /** Why it is made where it is made; kept with the cluster, and with every result that comes from it. */
  readonly because?: string;
}

export interface ClusterBackend {
  readonly name: BackendName;
  /** Can it run here, and if not, in words the learner can act on. */
  probe(): Promise<{ readonly available: true } | { readonly available: false; readonly because: string }>;
  /** Create or find again. Idempotent for the same spec. @throws UserError */
  up(spec: ClusterSpec, onProgress?: (step: string) => void): Promise<Cluster>;
  /** A cluster that `up` made and that still runs; undefined when there is none. */
  find(name: string): Promise<Cluster | undefined>;
  list(): Promise<readonly ClusterInfo[]>;
  /** Remove a cluster that `find` may not find: half built, half deleted. @returns whether there was one @throws UserError when it is not ours */
  remove?(name: string): Promise<boolean>;
  /** Only our record of a cluster that is not ours and does not answer any more; what labs made there stays. @returns whether there was one */
  forget?(name: string): Promise<boolean>;
  /** What a cluster of this kind would offer, without making one. */
  offers?(spec: ClusterSpec): ReadonlySet<Capability>;
  /** A cluster as it was when `snapshot` looked at it, under the name that it had; one of that name makes room. */
  restore?(spec: ClusterSpec, snapshot: string, onProgress?: (step: string) => void): Promise<Cluster>;
}

export interface ClusterInfo {
  readonly backend: BackendName;
  readonly name: string;
  /** `other`: a cluster that we did not make has a plugin that we do not know. */
  readonly cni: ClusterSpec['cni'] | 'other';
  readonly proxyMode: ClusterSpec['proxyMode'];
  /** Absent where it is not ours to know. */
  readonly encapsulation?: Encapsulation;
  readonly kubernetesVersion: string;
  /** Path of a kubeconfig of our own; never the user's. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly nodes: readonly string[];
  /** Plain machines beside the cluster, to be entered like nodes. */
  readonly machines?: readonly string[];
  readonly running: boolean;
  /** Absent once it is built. */
  readonly build?: 'going on' | 'interrupted';
  /** Why it is on this backend, in words; absent where nobody chose, in tests say. */
  readonly because?: string;
}

export interface Cluster {
  readonly info: ClusterInfo;
  readonly offers: ReadonlySet<Capability>;
  /** Whose labs are here, where others may practise on the same cluster. */
  readonly owner?: string;
  /** Run to the end and collect. @throws UserError when the place does not exist */
  exec(where: ExecTarget, command: readonly string[], options?: { readonly stdin?: string; readonly timeoutMs?: number }): Promise<ExecResult>;
  /** The same with live streams: for `cka ssh`. */
  session(where: ExecTarget, command: readonly string[], io: SessionIo): Promise<number>;
  /** Plain API requests (`GET /api/v1/pods`), credentials included. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<{ readonly status: number; readonly body: unknown }>;
  /** A program of this machine that joins the terminal it runs in to a command on a node; absent where `session` must do. */
  readonly commandOn?: (node: string, command: readonly string[], tty: boolean) => readonly string[];
  /** The same for a container with tools that shares the network of a node; absent where nodes have the tools, or are not ours. */
  readonly toolsBeside?: (node: string, command: readonly string[], tty: boolean) => readonly string[];
  /** kube-proxy in another mode, and nothing left of the former one. */
  switchProxyMode?(mode: ClusterSpec['proxyMode'], onProgress: (line: string) => void): Promise<void>;
  /** Why something is not offered, where that is not plain. */
  whyNot?(capability: Capability): string | undefined;
  /** Back to the state right after `up`, fast enough to run between labs. */
  reset(onProgress?: (line: string) => void): Promise<void>;
  /** Everything that etcd holds and what was done on the nodes, for `restore`. Programs do not go on where they were: pods start anew. */
  snapshot?(): Promise<string>;
  down(): Promise<void>;
}

export type ExecTarget =
  | { readonly node: string }
  | { readonly pod: string; readonly namespace: string; readonly container?: string };

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface SessionIo {
  readonly tty: boolean;
  readonly columns?: number;
  readonly rows?: number;
  stdin(listener: (bytes: Uint8Array | undefined) => void): void;
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  onResize?(listener: (columns: number, rows: number) => void): void;
}
