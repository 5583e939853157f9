/**
 * `$(NAME)` in commands, arguments, environment and subPathExpr. `$$(NAME)` is the text `$(NAME)`; an unknown name stays as
 * it is written. See third_party/forked/golang/expansion/expand.go.
 */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole: string, name: string | undefined) => (whole === '$$' ? '$' : (values.get(name ?? '') ?? whole)));
}
