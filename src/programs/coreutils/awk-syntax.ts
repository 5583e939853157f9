/** The syntax tree of an awk program. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regexp'; readonly source: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'element'; readonly name: string; readonly keys: readonly Expression[] }
  | { readonly kind: 'in'; readonly name: string; readonly keys: readonly Expression[] }
  | { readonly kind: 'assign'; readonly operator: string; readonly target: Expression; readonly value: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Expression }
  | { readonly kind: 'ternary'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'getline'; readonly target: Expression | undefined; readonly file?: Expression; readonly command?: Expression }
  | { readonly kind: 'group'; readonly parts: readonly Expression[] };

export type Statement =
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'print' | 'printf'; readonly args: readonly Expression[]; readonly redirect?: { readonly operator: string; readonly target: Expression } }
  | { readonly kind: 'if'; readonly test: Expression; readonly yes: Statement; readonly no: Statement | undefined }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: Statement; readonly first: boolean }
  | { readonly kind: 'for'; readonly start: Statement | undefined; readonly test: Expression | undefined; readonly step: Statement | undefined; readonly body: Statement }
  | { readonly kind: 'forIn'; readonly variable: string; readonly array: string; readonly body: Statement }
  | { readonly kind: 'next' | 'nextfile' | 'break' | 'continue' }
  | { readonly kind: 'exit' | 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'delete'; readonly name: string; readonly keys: readonly Expression[] | undefined };

export interface Rule {
  readonly pattern: 'BEGIN' | 'END' | Expression | readonly [Expression, Expression] | undefined;
  readonly action: Statement | undefined;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, { readonly parameters: readonly string[]; readonly body: Statement }>;
}
