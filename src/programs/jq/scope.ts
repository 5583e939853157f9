/** What names mean at a place in a program: variables, functions with the place they were written at, and the world outside. */
import type { Definition, Node } from './syntax.ts';
import type { Json } from './value.ts';

/** A value, and where it stands in the input while paths are wanted. */
export interface Spot {
  readonly value: Json;
  readonly path?: readonly Json[] | undefined;
}

/** A function that is given its arguments as they are written. */
export type Special = (args: readonly Node[], input: Spot, scope: Scope) => Generator<Spot>;

export type Meaning =
  | { readonly kind: 'value'; readonly value: Json }
  /** A parameter: the argument, and where it was written. */
  | { readonly kind: 'closure'; readonly body: Node; readonly scope: Scope }
  | { readonly kind: 'function'; readonly definition: Definition };

/** What a running program has of its surroundings, and how much it may still do. */
export interface Surroundings {
  /** The next input; undefined when there are no more. */
  nextInput(): Json | undefined;
  readonly environment: Json;
  nowSeconds(): number;
  readonly inputFile: () => string | null;
  readonly inputLine: () => number;
  /** `debug` and `stderr` write here. */
  readonly onMessage: (text: string) => void;
  /** `name/arity` to functions of programs. */
  readonly specials: ReadonlyMap<string, Special>;
  steps: number;
}

/** A chain of names, the newest first. Variables are called `$x`, functions `f/1`. */
export class Scope {
  private constructor(
    readonly surroundings: Surroundings,
    private readonly name: string | undefined,
    private readonly meaning: Meaning | undefined,
    private readonly outer: Scope | undefined,
  ) {}

  static outermost(surroundings: Surroundings): Scope {
    return new Scope(surroundings, undefined, undefined, undefined);
  }

  with(name: string, meaning: Meaning): Scope {
    return new Scope(this.surroundings, name, meaning, this);
  }

  /** What `name` means here, and the scope in which it came to mean that. */
  find(name: string): { readonly meaning: Meaning; readonly at: Scope } | undefined {
    if (this.name === name && this.meaning) return { meaning: this.meaning, at: this };
    return this.outer?.find(name);
  }
}
