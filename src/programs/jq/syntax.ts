/** The syntax tree of a jq program. See src/parser.y of jq 1.6. */
import type { Json } from './value.ts';

export type Node =
  | { readonly kind: 'identity' }
  | { readonly kind: 'literal'; readonly value: Json }
  /** `"a \(.b) c"`: pieces of text and programs in turn; the format of `@base64 "…"` is laid over the programs' values. */
  | { readonly kind: 'string'; readonly format: string; readonly parts: readonly (string | Node)[] }
  | { readonly kind: 'format'; readonly name: string }
  | { readonly kind: 'index'; readonly of: Node; readonly key: Node }
  | { readonly kind: 'slice'; readonly of: Node; readonly from?: Node | undefined; readonly to?: Node | undefined }
  | { readonly kind: 'iterate'; readonly of: Node }
  | { readonly kind: 'pipe' | 'comma' | 'and' | 'or' | 'alternative'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'assign'; readonly operator: AssignOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'negate'; readonly body: Node }
  | { readonly kind: 'array'; readonly body?: Node | undefined }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: Node, value: Node])[] }
  | { readonly kind: 'if'; readonly condition: Node; readonly then: Node; readonly otherwise: Node }
  | { readonly kind: 'try'; readonly body: Node; readonly handler?: Node | undefined }
  | { readonly kind: 'reduce'; readonly source: Node; readonly pattern: Pattern; readonly start: Node; readonly update: Node }
  | { readonly kind: 'foreach'; readonly source: Node; readonly pattern: Pattern; readonly start: Node; readonly update: Node; readonly extract?: Node | undefined }
  | { readonly kind: 'bind'; readonly source: Node; readonly patterns: readonly Pattern[]; readonly body: Node }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'define'; readonly definition: Definition; readonly body: Node }
  | { readonly kind: 'label'; readonly name: string; readonly body: Node }
  | { readonly kind: 'break'; readonly name: string };

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=';
export type AssignOperator = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//=';

/** `def name(f; $x): body;` */
export interface Definition {
  readonly name: string;
  readonly params: readonly string[];
  readonly body: Node;
}

/** What `as` takes apart. */
export type Pattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Pattern[] }
  | { readonly kind: 'object'; readonly entries: readonly { readonly key: Node; readonly variable?: string | undefined; readonly pattern?: Pattern | undefined }[] };

/** The names that a pattern binds. */
export function namesOf(pattern: Pattern): readonly string[] {
  switch (pattern.kind) {
    case 'variable':
      return [pattern.name];
    case 'array':
      return pattern.items.flatMap(namesOf);
    case 'object':
      return pattern.entries.flatMap(({ variable, pattern: inner }) => [...(variable === undefined ? [] : [variable]), ...(inner ? namesOf(inner) : [])]);
  }
}

/** What a program cannot be compiled for: the sentence before ` at <top-level>`. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
}
