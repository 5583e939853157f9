/** What kubectl 1.33 sends as protobuf, decoded, is what kubectl 1.31 sends as JSON for the same command. Both recorded. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeProtobuf, type ProtobufTable } from '../../src/api/protobuf.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as unknown;
const table = read('../../src/data/protobuf.json') as ProtobufTable;
const recorded = read('recorded-protobuf.json') as { command: string; protobuf: string; json: Record<string, unknown> }[];

test.each(recorded.map((entry) => [entry.command, entry] as const))('%s', (_, { protobuf, json }) => {
  const { apiVersion, kind, ...rest } = json as { apiVersion: string; kind: string };
  const bytes = Buffer.from(protobuf, 'base64').subarray(4);
  const [group = 'core', version = apiVersion] = apiVersion.includes('/') ? apiVersion.split('/') : [];
  expect(decodeProtobuf(objectIn(bytes), table, `k8s.io.api.${group.split('.')[0]}.${version}.${kind}`)).toEqual(withoutEmpty(rest));
});

/** Field 2 of the envelope: after the type, which is field 1. */
function objectIn(envelope: Buffer): Buffer {
  const at = 2 + envelope[1]!;
  let length = 0;
  let next = at + 1;
  for (let factor = 1; ; factor *= 128) {
    const byte = envelope[next++]!;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  return envelope.subarray(next, next + length);
}

/** JSON of older clients says null where newer ones say nothing. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, withoutEmpty(member)]])));
}
