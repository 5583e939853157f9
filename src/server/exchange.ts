/**
 * One request and its answer: what every handler is given, and the ways to answer. Knows no kinds.
 * See apiserver/pkg/endpoints/handlers/responsewriters/writers.go.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ApiError } from '../api/status.ts';
import type { Accepted } from './accept.ts';
import { contentTypeOf } from './accept.ts';
import type { RequestInfo } from './request-info.ts';
import type { UserInfo } from '../kinds/registry.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly user: UserInfo;
  readonly info: RequestInfo | undefined;
  /** Texts for Warning headers, which kubectl prints; collected until the answer is written. */
  readonly warnings: string[];
}

/** Answers shorter than this are not worth compressing (`defaultGzipThresholdBytes`). */
const GZIP_FROM_BYTES = 128 * 1024;

const PLAIN: Accepted = { mediaType: 'json', as: 'Object', version: '' };

/** Headers that every answer of the API server carries. Priority and fairness is not modelled; its two headers are. */
export function commonHeaders(response: ServerResponse, priority: { readonly flowSchema: string; readonly level: string }): void {
  response.setHeader('Audit-Id', randomUUID());
  response.setHeader('Cache-Control', 'no-cache, private');
  response.setHeader('X-Kubernetes-Pf-Flowschema-Uid', priority.flowSchema);
  response.setHeader('X-Kubernetes-Pf-Prioritylevel-Uid', priority.level);
}

/** A JSON (or YAML) answer, as the client negotiated it. */
export async function sendObject(exchange: Exchange, code: number, body: unknown, accepted: Accepted = PLAIN, contentType?: string): Promise<void> {
  const text = accepted.mediaType === 'yaml' ? await toYaml(body) : `${encodeJson(body, wantsPretty(exchange) ? 2 : undefined)}\n`;
  await sendBytes(exchange, code, Buffer.from(text), contentType ?? contentTypeOf(accepted));
}

/** A document outside the API groups: two blanks deep for everybody, and no newline. See responsewriters.WriteRawJSON. */
export const sendIndented = (exchange: Exchange, body: unknown): Promise<void> => sendBytes(exchange, 200, Buffer.from(encodeJson(body, 2)), 'application/json');

export async function sendBytes(exchange: Exchange, code: number, bytes: Buffer, contentType: string): Promise<void> {
  const { request, response } = exchange;
  writeWarnings(exchange);
  response.setHeader('Content-Type', contentType);
  const isGzipWanted = bytes.length >= GZIP_FROM_BYTES && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const content = isGzipWanted ? await promisify(gzip)(bytes, { level: 1 }) : bytes;
  if (isGzipWanted) {
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Vary', 'Accept-Encoding');
  }
  response.writeHead(code, { 'Content-Length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}

export function sendText(exchange: Exchange, code: number, text: string): Promise<void> {
  exchange.response.setHeader('X-Content-Type-Options', 'nosniff');
  return sendBytes(exchange, code, Buffer.from(text), 'text/plain; charset=utf-8');
}

/** What Go's http.NotFound says, to paths that no API group owns. */
export const sendPageNotFound = (exchange: Exchange): Promise<void> => sendText(exchange, 404, '404 page not found\n');

export async function sendError(exchange: Exchange, error: ApiError): Promise<void> {
  const seconds = error.status.details?.retryAfterSeconds;
  if (seconds !== undefined) exchange.response.setHeader('Retry-After', String(seconds));
  await sendObject(exchange, error.code, error.status);
}

/** `299 - "text"`, once per text: RFC 7234, section 5.5, as apiserver/pkg/warning writes it. */
export function writeWarnings(exchange: Exchange): void {
  const values = [...new Set(exchange.warnings)].map((text) => `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, ' ')}"`);
  if (values.length > 0) exchange.response.setHeader('Warning', values);
}

/** JSON as Go writes it: `<`, `>` and `&` escaped, so that it can stand in HTML. */
export function encodeJson(body: unknown, indent?: number): string {
  const text = JSON.stringify(body, null, indent);
  return /[<>&\u2028\u2029]/.test(text) ? text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : text;
}

/** Asked for, or a person with curl, wget or a browser. */
function wantsPretty({ request, query }: Exchange): boolean {
  const asked = query.get('pretty');
  if (asked !== null) return /^(1|t|true|)$/i.test(asked);
  return /^(curl|Wget|Mozilla)\//.test(request.headers['user-agent'] ?? '');
}

async function toYaml(body: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(body, { version: '1.1', lineWidth: 0 });
}
