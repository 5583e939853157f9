/** Small readings of values from command lines. */

/** A whole number as a number, `25%` or a name as text (intstr.Parse). */
export function parseIntOrString(text: string): number | string {
  return /^[-+]?\d+$/.test(text) ? Number(text) : text;
}

/** Go's %q for what command lines hold. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
