/** What has no describer of its own: its fields as they are, with titles made from their names. See genericDescriber in kubectl/pkg/describe. */
import type { KubeObject } from '../object.ts';
import { goValue } from '../output/jsonpath.ts';
import { writeEvents, type Event } from './events.ts';
import { writeHead, writeMeta } from './fields.ts';
import type { Writer } from './writer.ts';

export function describeGeneric(out: Writer, object: KubeObject, events: readonly Event[]): void {
  writeHead(out, object);
  writeMeta(out, object);
  const { metadata: { managedFields: _m, name: _n, namespace: _ns, labels: _l, annotations: _a, ...metadata } = {}, ...rest } = object;
  writeFields(out, 0, { ...rest, metadata });
  writeEvents(out, events);
}

type Fields = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function writeFields(out: Writer, level: number, fields: Fields): void {
  const keys = Object.keys(fields).filter((key) => fields[key] !== undefined).map((key) => ({ key, title: titleOf(key) }));
  for (const { key, title } of keys.sort((a, b) => (a.title < b.title ? -1 : 1))) {
    const value = fields[key];
    if (isMap(value)) {
      out.line(level, `${title}:`);
      writeFields(out, level + 1, value);
    } else if (Array.isArray(value)) {
      out.line(level, `${title}:`);
      for (const item of value as unknown[]) {
        if (isMap(item)) writeFields(out, level + 1, item);
        else out.line(level + 1, goValue(item));
      }
    } else out.line(level, `${title}:\t${value === null ? '<nil>' : goValue(value)}`);
  }
}

const SHORT = new Set(['api', 'uid', 'url', 'cpu', 'id', 'ip', 'os', 'json', 'html', 'http', 'cidr', 'acl', 'dns', 'tls', 'ttl', 'ui', 'vm', 'xml', 'tcp', 'udp', 'uri', 'guid', 'https', 'ascii', 'css', 'eof', 'lhs', 'rhs', 'qps', 'ram', 'rpc', 'sla', 'smtp', 'ssh', 'sql', 'utf8', 'uuid', 'xsrf', 'xss']);

/** `leaseDurationSeconds` → `Lease Duration Seconds`; `apiVersion` → `API Version`. */
function titleOf(key: string): string {
  if (/[^A-Za-z0-9]/.test(key)) return key;
  return (key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [key]).map((word) => (SHORT.has(word.toLowerCase()) ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1))).join(' ');
}
