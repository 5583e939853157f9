/**
 * Kubernetes' protobuf envelope: which type is inside, and its fields by the table of the data files.
 * kubectl from 1.32 on sends it for everything that it generates itself. See apimachinery/pkg/runtime/serializer/protobuf.
 */
import { decodeProtobuf } from '../api/protobuf.ts';
import type { ProtobufTable } from '../api/protobuf.ts';
import { badRequest } from '../api/status.ts';
import type { ProtobufDecoder } from './body.ts';
import { readData } from './data-files.ts';

/** `k8s` and a zero byte begin every message. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** Kinds that every group version knows: they are defined once, in meta/v1. */
const META_KINDS = new Set(['DeleteOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions', 'ListOptions', 'GetOptions', 'Status']);

interface Envelope {
  readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
}

export async function loadProtobuf(): Promise<ProtobufDecoder> {
  const table = (await readData('protobuf.json')) as ProtobufTable;
  return (bytes) => decodeEnvelope(Buffer.from(bytes), table);
}

function decodeEnvelope(bytes: Buffer, table: ProtobufTable): unknown {
  if (!bytes.subarray(0, 4).equals(MAGIC)) throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const body = bytes.subarray(4);
  const { typeMeta } = decodeProtobuf(body, table, 'k8s.io.apimachinery.pkg.runtime.Unknown') as Envelope;
  const { apiVersion = '', kind = '' } = typeMeta ?? {};
  const object = decodeProtobuf(rawOf(body), table, messageName(apiVersion, kind)) as object;
  return { apiVersion, kind, ...object };
}

/** `apps/v1` and `Deployment` → `k8s.io.api.apps.v1.Deployment`: the package is named by the group's first label. */
function messageName(apiVersion: string, kind: string): string {
  if (META_KINDS.has(kind)) return `k8s.io.apimachinery.pkg.apis.meta.v1.${kind}`;
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['core', apiVersion];
  return `k8s.io.api.${group.split('.')[0]}.${version}.${kind}`;
}

/** Field 2 of the envelope, the object's own bytes. */
function rawOf(body: Buffer): Buffer {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = body[at++] ?? 0;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < body.length) {
    const tag = varint();
    const length = varint();
    if (tag === (2 << 3 | 2)) return body.subarray(at, at + length);
    at += length;
  }
  return Buffer.alloc(0);
}
