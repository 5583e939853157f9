/**
 * The body of a request: read with a limit, decoded from JSON, YAML or Kubernetes protobuf to a plain value.
 * Knows nothing of what the value should be. See apiserver/pkg/endpoints/handlers/rest.go.
 */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { badRequest, requestEntityTooLarge, unsupportedMediaType } from '../api/status.ts';

/** `maxRequestBodyBytes` of a real server. */
const LIMIT = 3 * 1024 * 1024;

const OBJECT_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** Decodes Kubernetes' protobuf envelope; loaded only when a client sends one. */
export type ProtobufDecoder = (bytes: Uint8Array) => unknown;

export const PATCH_TYPES: Readonly<Record<string, 'json' | 'merge' | 'strategic' | 'apply'>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** @throws ApiError RequestEntityTooLarge */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    // The rest is read and thrown away: a client that is still sending would otherwise see a reset, not our answer.
    if (length <= LIMIT) chunks.push(chunk as Buffer);
  }
  if (length > LIMIT) throw requestEntityTooLarge(`limit is ${LIMIT}`);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? promisify(gunzip)(body, { maxOutputLength: LIMIT }) : body;
}

/** An object for create, update or delete options; undefined when there is no body. */
export async function readObject(request: IncomingMessage, protobuf: () => Promise<ProtobufDecoder>): Promise<unknown> {
  const bytes = await readBody(request);
  const type = mediaType(request) ?? 'application/json';
  if (!OBJECT_TYPES.includes(type)) throw unsupportedMediaType(OBJECT_TYPES);
  if (bytes.length === 0) return undefined;
  if (type === 'application/vnd.kubernetes.protobuf') return (await protobuf())(bytes);
  return type === 'application/yaml' ? parseYaml(bytes.toString()) : parseJson(bytes.toString());
}

export async function readPatch(request: IncomingMessage): Promise<{ readonly type: 'json' | 'merge' | 'strategic' | 'apply'; readonly body: unknown }> {
  const type = PATCH_TYPES[mediaType(request) ?? ''];
  if (!type) throw unsupportedMediaType(Object.keys(PATCH_TYPES));
  const text = (await readBody(request)).toString();
  return { type, body: type === 'apply' ? await parseYaml(text) : parseJson(text) };
}

const mediaType = (request: IncomingMessage): string | undefined => request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() || undefined;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(`couldn't get version/kind; json parse error: ${goJsonError(text)}`);
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { version: '1.1' }) as unknown;
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: yaml: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Where Go's encoding/json stops, in its words: found by asking which prefix is the last that could still continue. */
function goJsonError(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    const message = (error as Error).message;
    const position = /at position (\d+)/.exec(message)?.[1];
    const unexpected = /Unexpected token '?(.)'?/u.exec(message)?.[1] ?? (position === undefined ? undefined : text[Number(position)]);
    if (unexpected === undefined || /end of JSON input|Unterminated/.test(message)) return 'unexpected end of JSON input';
    return `invalid character '${unexpected}' looking for beginning of value`;
  }
}
