/**
 * What a checker is: it looks at a cluster and says what it found. It never changes anything, ends within 30 seconds,
 * and tells three things apart: right, wrong, and cannot tell (the environment is broken; never a zero for the learner).
 * `checkers/` imports this file and nothing else.
 */
export interface Checker<Params = unknown> {
  readonly name: string;
  /** Reads the `with:` of a lab file. @throws Error with a sentence about the wrong parameter */
  parse(params: unknown): Params;
  /** What it will look at, in a learner's words. */
  title(params: Params): string;
  run(params: Params, cluster: ClusterView): Promise<Finding>;
}

export type Finding =
  | { readonly status: 'pass'; readonly saw: string }
  | { readonly status: 'fail'; readonly expected: string; readonly saw: string; readonly nudge?: string }
  | { readonly status: 'unknown'; readonly because: string };

/** A cluster with everything that writes taken away. */
export interface ClusterView {
  /** `get('pods', 'web', 'default')`; group-qualified for non-core kinds: `deployments.apps`. Undefined when it does not exist. */
  get(resource: string, name: string, namespace?: string): Promise<KubernetesObject | undefined>;
  list(resource: string, namespace?: string, labelSelector?: string): Promise<readonly KubernetesObject[]>;
  /** Run a command that only looks (curl, nslookup, ip route). */
  exec(where: { readonly node: string } | { readonly pod: string; readonly namespace: string; readonly container?: string }, command: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;
  readonly signal: AbortSignal;
}

export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
  };
  readonly [field: string]: unknown;
}
