/**
 * Makes src/data/protobuf.json: the field numbers of the Kubernetes API, from the file descriptors inside a kubectl.
 * Run: KUBECTL=/path/to/kubectl npx tsx test/support/generate/protobuf.ts (1.33 was used).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import type { ProtobufTable } from '../../../src/api/protobuf.ts';
import { readModels } from './models.ts';

interface Field {
  readonly name: string;
  readonly number: number;
  readonly repeated: boolean;
  readonly type: number;
  readonly typeName: string;
}

interface Message {
  readonly fields: readonly Field[];
  readonly isMap: boolean;
}

const SCALARS: Readonly<Record<number, string>> = { 1: 'double', 3: 'int', 5: 'int', 8: 'bool', 9: 'string', 12: 'bytes' };

function main(): void {
  const binary = process.env['KUBECTL'];
  if (!binary) throw new Error('KUBECTL names no kubectl. Set it to the path of one.');
  const messages = new Map<string, Message>();
  for (const file of descriptors(readFileSync(binary))) readFile(file, messages);
  const models = modelFields();
  const table: Record<string, Record<string, readonly [string, string]>> = {};
  for (const [name, message] of [...messages].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (message.isMap || !name.startsWith('k8s.io.') || /v\d+(alpha|beta)\d+\./.test(name)) continue;
    const entry: Record<string, readonly [string, string]> = {};
    for (const field of message.fields) entry[field.number] = [inlined(models, name, field) ? '' : field.name, typeOf(field, messages)];
    table[name] = entry;
  }
  writeFileSync(new URL('../../../src/data/protobuf.json', import.meta.url), JSON.stringify(table satisfies ProtobufTable));
  process.stdout.write(`${Object.keys(table).length} messages\n`);
}

function typeOf(field: Field, messages: ReadonlyMap<string, Message>): string {
  const message = field.type === 11 ? messages.get(field.typeName) : undefined;
  if (message?.isMap) return `{}${typeOf(message.fields.find((entry) => entry.number === 2)!, messages)}`;
  const own = field.type === 11 ? field.typeName : SCALARS[field.type];
  if (!own) throw new Error(`${field.name} has type ${field.type}, which no known message uses. Add it to SCALARS.`);
  return field.repeated ? `[]${own}` : own;
}

/** A struct that Go inlines in JSON has a name in protobuf only: no model knows a field of that name. */
function inlined(models: ReadonlyMap<string, ReadonlySet<string>[]>, messageName: string, field: Field): boolean {
  if (field.type !== 11 || field.repeated) return false;
  // Metrics of autoscaling/v1 travel in an annotation; the models of that name are v2's.
  if (messageName.startsWith('k8s.io.api.autoscaling.v1.')) return false;
  const short = messageName.slice(messageName.lastIndexOf('.') + 1);
  const known = models.get(short);
  return known !== undefined && known.every((fields) => !fields.has(field.name));
}

function modelFields(): ReadonlyMap<string, ReadonlySet<string>[]> {
  const byName = new Map<string, ReadonlySet<string>[]>();
  for (const model of readModels().values()) {
    const name = model.name.replace(/^([A-Z][a-z]+)?V\d+/, '');
    byName.set(name, [...(byName.get(name) ?? []), new Set(model.fields.map((field) => field.name))]);
  }
  return byName;
}

/** Every gzip stream in the binary that holds a file descriptor of Kubernetes. */
function* descriptors(binary: Buffer): Generator<Buffer> {
  const magic = Buffer.from([0x1f, 0x8b, 0x08]);
  for (let at = binary.indexOf(magic); at >= 0; at = binary.indexOf(magic, at + 1)) {
    try {
      // Ten bytes of header, none of its optional parts. What follows the stream is left alone.
      const text = inflateRawSync(binary.subarray(at + 10, at + 400_000), { finishFlush: 2 });
      // Field 1, the file's name.
      if (text[0] === 0x0a && text.includes('.proto')) yield text;
    } catch {
      // Not a stream after all.
    }
  }
}

/** The parts of a message by field number. */
function parts(bytes: Buffer): Map<number, (Buffer | number)[]> {
  const found = new Map<number, (Buffer | number)[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    let value: Buffer | number;
    if (wire === 0) value = varint();
    else if (wire === 2) {
      const length = varint();
      value = bytes.subarray(at, at + length);
      at += length;
    } else {
      at += wire === 1 ? 8 : 4;
      continue;
    }
    found.set(tag >>> 3, [...(found.get(tag >>> 3) ?? []), value]);
  }
  return found;
}

function readFile(bytes: Buffer, into: Map<string, Message>): void {
  const file = parts(bytes);
  const scope = String(file.get(2)?.[0] ?? '');
  for (const message of file.get(4) ?? []) readMessage(message as Buffer, scope, into);
}

function readMessage(bytes: Buffer, scope: string, into: Map<string, Message>): void {
  const message = parts(bytes);
  const name = `${scope}.${String(message.get(1)?.[0])}`;
  const options = message.get(7)?.[0] as Buffer | undefined;
  into.set(name, {
    isMap: options !== undefined && parts(options).get(7)?.[0] === 1,
    fields: (message.get(2) ?? []).map((field) => {
      const entry = parts(field as Buffer);
      return {
        name: String(entry.get(1)?.[0]),
        number: entry.get(3)?.[0] as number,
        repeated: entry.get(4)?.[0] === 3,
        type: entry.get(5)?.[0] as number,
        typeName: String(entry.get(6)?.[0] ?? '').replace(/^\./, ''),
      };
    }),
  });
  for (const nested of message.get(3) ?? []) readMessage(nested as Buffer, name, into);
}

main();
