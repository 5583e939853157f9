/**
 * What a checker is: it looks at a cluster and says what it found. It never changes anything, ends within 30 seconds,
 * and tells three things apart: right, wrong, and cannot tell (the environment is broken; never a zero for the learner).
 * `checkers/` imports this file and nothing else from `src/`.
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
  /** What a container has printed; undefined when there is no such pod. */
  logs(pod: string, namespace: string, options?: { readonly container?: string; readonly previous?: boolean }): Promise<string | undefined>;
  /** What the cluster's authorizer answers. Asking changes nothing. */
  mayDo(who: { readonly user: string; readonly groups?: readonly string[] }, what: AccessQuestion): Promise<boolean>;
  /** Plain machines beside the cluster, which `exec` reaches like nodes. */
  readonly machines?: readonly string[];
  readonly signal: AbortSignal;
  /** Executables of the pack, where the engine lets them run. */
  readonly scripts?: CheckerScripts;
}

export interface AccessQuestion {
  readonly verb: string;
  /** `deployments.apps`, `pods`, `pods/log`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Runs an executable of the lab's folder: a clean environment, the lab's kubeconfig, a time limit. */
export type CheckerScripts = (path: string, args: readonly string[]) => Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;

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

/** A regular expression, and how its author wrote it: its own `source` has other slashes. */
export interface Pattern {
  readonly text: string;
  readonly expression: RegExp;
}

/**
 * The `with:` of a criterion, read strictly: a wrong or unknown key is the lab author's mistake and is told in a sentence.
 */
export class Params {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  /** @throws Error when `value` is not a mapping */
  constructor(value: unknown, readonly where = 'with') {
    if (!isMapping(value)) throw new Error(`\`${where}\` must be a mapping of parameters`);
    this.#values = value;
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  /** Any value; undefined when absent. */
  value(key: string): unknown {
    this.#read.add(key);
    return this.#values[key];
  }

  text(key: string): string {
    const value = this.optionalText(key);
    if (value === undefined) throw new Error(`\`${this.where}.${key}\` is missing: write a text`);
    return value;
  }

  optionalText(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw new Error(`\`${this.where}.${key}\` must be a text`);
  }

  /** A regular expression, compiled once. @throws Error when it cannot be */
  pattern(key: string, flags: string): Pattern {
    const text = this.text(key);
    return { text, expression: new RegExp(text, flags) };
  }

  optionalPattern(key: string, flags: string): Pattern | undefined {
    return this.value(key) === undefined ? undefined : this.pattern(key, flags);
  }

  optionalNumber(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'number') return value;
    throw new Error(`\`${this.where}.${key}\` must be a number`);
  }

  texts(key: string): readonly string[] {
    const value = this.value(key);
    if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) return value as string[];
    throw new Error(`\`${this.where}.${key}\` must be a list of texts`);
  }

  optionalTexts(key: string): readonly string[] | undefined {
    return this.has(key) ? this.texts(key) : undefined;
  }

  optionalFlag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw new Error(`\`${this.where}.${key}\` must be true or false`);
  }

  /** A mapping inside; undefined when absent. */
  mapping(key: string): Params | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : new Params(value, `${this.where}.${key}`);
  }

  /** Call last. @throws Error naming a key that nobody asked for */
  done(): void {
    for (const key of Object.keys(this.#values)) {
      if (!this.#read.has(key)) throw new Error(`\`${this.where}.${key}\` is not a parameter here (known: ${[...this.#read].join(', ')})`);
    }
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
