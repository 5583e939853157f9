/**
 * The body of a request: read with a limit, decoded from JSON, YAML or Kubernetes protobuf to a plain value.
 * Knows nothing of what the value should be. See apiserver/pkg/endpoints/handlers/rest.go.
 */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { badRequest, requestEntityTooLarge, unsupportedMediaType } from '../api/status.ts';
import type { ApiError } from '../api/status.ts';
import { goJsonError } from './go-json.ts';

/** `maxRequestBodyBytes` of a real server. */
const LIMIT = 3 * 1024 * 1024;

/** How much of a strange body its refusal shows. */
const SUMMARY_BYTES = 30;

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

/**
 * An object for create, update or delete options; undefined when there is no body.
 * @param kind what it should be, for the refusal
 */
export async function readObject(request: IncomingMessage, kind: string, protobuf: () => Promise<ProtobufDecoder>): Promise<unknown> {
  const bytes = await readBody(request);
  const type = mediaType(request) ?? 'application/json';
  if (!OBJECT_TYPES.includes(type)) throw unsupportedMediaType(OBJECT_TYPES);
  if (bytes.length === 0) return undefined;
  if (type === 'application/vnd.kubernetes.protobuf') return (await protobuf())(bytes);
  const text = bytes.toString();
  try {
    return type === 'application/yaml' ? await parseYaml(text) : parseJson(text);
  } catch (error) {
    throw unrecognized(kind, `couldn't get version/kind; json parse error: ${(error as Error).message}`, bytes);
  }
}

/** The refusal of a body that is no object at all; it shows how the body begins (`transformDecodeError`). */
export function unrecognized(kind: string, why: string, body: Buffer): ApiError {
  const shown = body[0] === 0x7b ? body.toString('utf8', 0, SUMMARY_BYTES) : body.toString('hex', 0, SUMMARY_BYTES);
  const summary = body.length === 0 ? '<empty>' : body.length > SUMMARY_BYTES ? `${shown} ...` : shown;
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary})`);
}

export async function readPatch(request: IncomingMessage): Promise<{ readonly type: 'json' | 'merge' | 'strategic' | 'apply'; readonly body: unknown }> {
  const type = PATCH_TYPES[mediaType(request) ?? ''];
  if (!type) throw unsupportedMediaType(Object.keys(PATCH_TYPES));
  const text = (await readBody(request)).toString();
  try {
    return { type, body: type === 'apply' ? await parseYaml(text) : parseJson(text) };
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
}

const mediaType = (request: IncomingMessage): string | undefined => request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() || undefined;

/** @throws Error with Go's words */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(goJsonError(text));
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { version: '1.1' }) as unknown;
  } catch (error) {
    throw new Error(`error converting YAML to JSON: yaml: ${(error as Error).message.split('\n')[0]}`);
  }
}
