/**
 * `--sort-by`: objects in the order of one of their fields. Texts that are both quantities compare by their amount, all
 * others letter by letter. See kubectl/pkg/cmd/get/sorter.go.
 */
import { compareAmounts } from './amounts.ts';
import { KubectlError, plainError } from './io.ts';
import { klogLine } from './klog.ts';
import type { KubeObject } from './object.ts';
import { pathExpression } from './output/jsonpath.ts';
import { selected } from './print-objects.ts';

/** @throws KubectlError for a path that is none, that leads nowhere, or to what has no order */
export function sortBy<T>(path: string, items: readonly T[], objectOf: (item: T) => KubeObject | undefined): readonly T[] {
  const expression = pathExpression(path);
  const keyed = items.map((item) => ({ item, values: selected(expression, objectOf(item)) }));
  if (keyed.length > 0 && keyed.every(({ values }) => values.length === 0)) throw plainError(`couldn't find any field with path ${JSON.stringify(expression)} in the list of objects`);
  const isLess = (a: readonly unknown[], b: readonly unknown[]) => (a.length === 0 ? true : b.length === 0 ? false : isLessValue(a[0], b[0], expression));
  return inserted(keyed, (a, b) => isLess(a.values, b.values)).map(({ item }) => item);
}

/** As Go's sort does it for a dozen or less: what lacks the field, "less" than everything, ends up in reverse order, and first. */
function inserted<T>(items: readonly T[], isLess: (a: T, b: T) => boolean): readonly T[] {
  const sorted: T[] = [];
  for (const item of items) {
    let at = sorted.length;
    while (at > 0 && isLess(item, sorted[at - 1]!)) at--;
    sorted.splice(at, 0, item);
  }
  return sorted;
}

function isLessValue(a: unknown, b: unknown, expression: string): boolean {
  if (a === null || b === null) return a === null && b !== null;
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a === 'string' && typeof b === 'string') return (compareAmounts(a, b) ?? (a < b ? -1 : a > b ? 1 : 0)) < 0;
  const type = Array.isArray(a) ? '[]interface {}' : typeof a === 'object' ? 'map[string]interface {}' : typeof a === 'boolean' ? 'bool' : typeof a;
  throw new KubectlError(klogLine('F', 'sorter.go:375', `Field ${expression} in [][][]reflect.Value is an unsortable type: interface, err: unsortable type: ${type}`));
}
