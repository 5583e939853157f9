/** What a YAML parser complains of, in the words of go-yaml, where it has such: every tool of Kubernetes says it so. */
export function yamlWords({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === 'TAB_AS_INDENT') return 'found character that cannot start any token';
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY') return 'mapping values are not allowed in this context';
  if (code === 'DUPLICATE_KEY') return 'key already set in map';
  if (code === 'BAD_INDENT' || code === 'MISSING_CHAR') return "could not find expected ':'";
  return message.split('\n')[0]!;
}
