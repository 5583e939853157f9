/**
 * The simple JSON paths of printer columns and scales: `.spec.x`, `.items[0]`, `.status.conditions[?(@.type=="Ready")].status`.
 * See client-go/util/jsonpath, of which a column may use this much.
 */
import { isRecord } from '../../api/deep.ts';

const STEP = /^(?:\.([\w-]+(?:\\\.[\w-]+)*)|\[['"]([^'"]+)['"]\]|\[(\d+|\*)\]|\[\?\(@\.([\w.-]+)\s*==\s*['"]([^'"]*)['"]\)\])/;

/** Everything that the path leads to; nothing when it leads nowhere, or is no path. */
export function readPath(value: unknown, path: string): unknown[] {
  let found: unknown[] = [value];
  let rest = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (!match) return [];
    const [text, dotted, quoted, index, filter, wanted] = match;
    rest = rest.slice(text.length);
    const name = dotted?.replaceAll('\\.', '.') ?? quoted;
    if (name !== undefined) found = found.flatMap((one) => (isRecord(one) && one[name] !== undefined ? [one[name]] : []));
    else if (filter !== undefined) found = found.flatMap(elements).filter((one) => readPath(one, `.${filter}`).some((of) => String(of) === wanted));
    else found = found.flatMap((one) => (index === '*' ? elements(one) : elements(one).slice(Number(index), Number(index) + 1)));
  }
  return found;
}

const elements = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : []);
