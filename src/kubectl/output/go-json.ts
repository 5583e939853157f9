/** JSON as Go's encoding/json writes it. */

/** json.Marshal of a map: keys in order. */
export function sortedJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner, indent);
}

/** json.MarshalIndent of an unstructured object: four blanks, keys sorted, `<>&` escaped. */
export function goJsonIndent(value: unknown): string {
  return goEscape(sortedJson(value, 4));
}

/** Go's encoder makes JSON safe for HTML. */
export function goEscape(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
