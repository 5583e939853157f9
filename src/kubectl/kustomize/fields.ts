/** Changes at places in an object: paths of field names, where `[]` goes through a list. */
type Map = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param path `spec/template/spec/containers[]/image`; an empty one is the value itself
 * @param creates whether a map that is not there is made
 */
export function changeAt<T>(value: T, path: string, change: (value: unknown) => unknown, creates = false): T {
  return at(value, path.split('/').filter((key) => key !== ''), change, creates) as T;
}

function at(value: unknown, keys: readonly string[], change: (value: unknown) => unknown, creates: boolean): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return change(value);
  if (!isMap(value)) return value;
  const name = key.replace(/\[\]$/, '');
  const inner = value[name];
  if (key !== name) return Array.isArray(inner) ? { ...value, [name]: (inner as unknown[]).map((item) => at(item, rest, change, creates)) } : value;
  if (inner === undefined || inner === null) {
    if (!creates) return value;
    return { ...value, [name]: at(rest.length === 0 ? undefined : {}, rest, change, creates) };
  }
  return { ...value, [name]: at(inner, rest, change, creates) };
}
