/** The variables of a shell: strings, arrays and maps, exported or not, with the local ones of running functions. */
export interface Variable {
  readonly value: string | undefined;
  /** Elements of an array or a map (`declare -A`), by index or key. */
  readonly items?: ReadonlyMap<string, string> | undefined;
  readonly map?: boolean | undefined;
  readonly exported?: boolean | undefined;
  readonly readonly?: boolean | undefined;
  readonly integer?: boolean | undefined;
}

export class Variables {
  #values: Map<string, Variable>;
  readonly #scopes: Map<string, Variable | undefined>[];

  constructor(values: Iterable<readonly [string, Variable]> = [], scopes: readonly ReadonlyMap<string, Variable | undefined>[] = []) {
    this.#values = new Map(values);
    this.#scopes = scopes.map((scope) => new Map(scope));
  }

  /** A copy for a subshell. */
  clone(): Variables {
    return new Variables(this.#values, this.#scopes);
  }

  find(name: string): Variable | undefined {
    return this.#values.get(name);
  }

  /** A variable's text: an array's is its first element. */
  get(name: string): string | undefined {
    const variable = this.#values.get(name);
    return variable?.items ? variable.items.get('0') : variable?.value;
  }

  isReadonly(name: string): boolean {
    return this.#values.get(name)?.readonly === true;
  }

  /** Set a text, keeping what else is known of the variable. */
  set(name: string, value: string): void {
    const old = this.#values.get(name);
    if (old?.items) this.setItem(name, '0', value);
    else this.#values.set(name, old ? { ...old, value } : { value });
  }

  setItem(name: string, key: string, value: string): void {
    const old = this.#values.get(name);
    const items = new Map(old?.items ?? (old?.value === undefined ? [] : [['0', old.value]]));
    items.set(key, value);
    this.#values.set(name, { ...old, value: undefined, items });
  }

  define(name: string, variable: Variable): void {
    this.#values.set(name, variable);
  }

  mark(name: string, marks: Partial<Pick<Variable, 'exported' | 'readonly' | 'integer'>>): void {
    this.#values.set(name, { ...(this.#values.get(name) ?? { value: undefined }), ...marks });
  }

  unset(name: string, key?: string): void {
    const old = this.#values.get(name);
    if (key === undefined) this.#values.delete(name);
    else if (old?.items) this.#values.set(name, { ...old, items: new Map([...old.items].filter(([other]) => other !== key)) });
  }

  /** Names beginning with a prefix, sorted. */
  names(beginning = ''): string[] {
    return [...this.#values.keys()].filter((name) => name.startsWith(beginning)).sort();
  }

  /** The environment of a child. */
  exported(): Map<string, string> {
    const environment = new Map<string, string>();
    for (const [name, variable] of this.#values) if (variable.exported && variable.value !== undefined) environment.set(name, variable.value);
    return environment;
  }

  enterFunction(): void {
    this.#scopes.push(new Map());
  }

  leaveFunction(): void {
    for (const [name, old] of this.#scopes.pop() ?? []) {
      if (old) this.#values.set(name, old);
      else this.#values.delete(name);
    }
  }

  /** Make a name local to the running function. @returns false outside of one */
  localize(name: string, keep: boolean): boolean {
    const scope = this.#scopes.at(-1);
    if (!scope) return false;
    const old = this.#values.get(name);
    if (!scope.has(name)) scope.set(name, old);
    if (!keep) this.#values.set(name, { value: undefined, ...(old?.exported ? { exported: true } : {}) });
    return true;
  }
}

/** An index list in the order bash prints it: numbers ascending, keys of maps as they were added. */
export function keysOf(variable: Variable): string[] {
  const keys = [...(variable.items?.keys() ?? (variable.value === undefined ? [] : ['0']))];
  return variable.map ? keys : keys.sort((a, b) => Number(a) - Number(b));
}

/** An array's elements in the same order. */
export function itemsOf(variable: Variable): string[] {
  return keysOf(variable).map((key) => variable.items?.get(key) ?? variable.value ?? '');
}
