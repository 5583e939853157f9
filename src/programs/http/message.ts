/**
 * HTTP/1.1 as values: requests, responses, header lists, and reading them off a connection. Knows no program and no
 * server. RFC 9110 (meaning) and 9112 (syntax). Header order and spelling are kept, because clients show them.
 */
export type Headers = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  /** As sent: `/path?query`. */
  readonly target: string;
  readonly version: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface ResponseHead {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
}

/** The other side sent something that is no HTTP. */
export class HttpSyntaxError extends Error {
  override readonly name = 'HttpSyntaxError';
}

export const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 206: 'Partial Content',
  301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 307: 'Temporary Redirect', 308: 'Permanent Redirect',
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 408: 'Request Timeout',
  409: 'Conflict', 410: 'Gone', 413: 'Request Entity Too Large', 414: 'URI Too Long', 416: 'Range Not Satisfiable', 418: "I'm a teapot",
  429: 'Too Many Requests', 500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
};

/** The value of the first header of that name, whatever its case. */
export function header(headers: Headers, name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
}

/** Unix milliseconds as HTTP dates are written: `Sat, 21 Nov 2026 07:49:40 GMT`. */
export function httpDate(unixMs: number): string {
  return new Date(unixMs).toUTCString();
}

/** Takes lines and exact amounts out of a stream that comes in pieces. */
export class PieceReader {
  #buffer = '';
  #ended = false;

  constructor(private readonly read: () => Promise<string | undefined>) {}

  /** A line without its CRLF or LF; undefined when the stream ended before a byte of it came. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const at = this.#buffer.indexOf('\n');
      if (at >= 0) {
        const line = this.#buffer.slice(0, at);
        this.#buffer = this.#buffer.slice(at + 1);
        return line.endsWith('\r') ? line.slice(0, -1) : line;
      }
      if (!(await this.#more())) {
        const rest = this.#buffer;
        this.#buffer = '';
        return rest === '' ? undefined : rest;
      }
    }
  }

  /** Whatever is there, at most `limit` bytes; undefined at the end of the stream. */
  async some(limit = Number.POSITIVE_INFINITY): Promise<string | undefined> {
    if (this.#buffer === '' && !(await this.#more())) return undefined;
    const piece = this.#buffer.slice(0, limit);
    this.#buffer = this.#buffer.slice(piece.length);
    return piece;
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const piece = await this.read();
    if (piece === undefined) this.#ended = true;
    else this.#buffer += piece;
    return piece !== undefined;
  }
}

/** @returns undefined when the connection ended where a request could have begun @throws HttpSyntaxError */
export async function readRequest(reader: PieceReader, onExpectContinue: () => void): Promise<HttpRequest | undefined> {
  const first = await reader.line();
  if (first === undefined) return undefined;
  const match = /^([A-Z][A-Z-]*) (\S+) (HTTP\/\d\.\d)$/i.exec(first);
  if (!match) throw new HttpSyntaxError(first);
  const headers = await readHeaders(reader);
  if (header(headers, 'expect')?.toLowerCase() === '100-continue') onExpectContinue();
  let body = '';
  for await (const piece of readBody(reader, headers, 'none')) body += piece;
  return { method: match[1]!, target: match[2]!, version: match[3]!, headers, body };
}

/** @returns undefined when the connection ended before a byte of the answer came @throws HttpSyntaxError */
export async function readResponseHead(reader: PieceReader): Promise<ResponseHead | undefined> {
  for (;;) {
    const first = await reader.line();
    if (first === undefined) return undefined;
    const match = /^(HTTP\/\d(?:\.\d)?) (\d{3})(?: (.*))?$/.exec(first);
    if (!match) throw new HttpSyntaxError(first);
    const head = { version: match[1]!, status: Number(match[2]), reason: match[3] ?? '', headers: await readHeaders(reader) };
    // Interim answers (100 Continue) come before the one that counts.
    if (head.status >= 200) return head;
  }
}

/** The pieces of a body: by length, by chunks, or `untilEnd` of the connection when neither is said. */
export async function* readBody(reader: PieceReader, headers: Headers, otherwise: 'until-end' | 'none'): AsyncGenerator<string> {
  if (header(headers, 'transfer-encoding')?.toLowerCase() === 'chunked') {
    for (;;) {
      const size = Number.parseInt((await reader.line()) ?? '', 16);
      if (Number.isNaN(size)) throw new HttpSyntaxError('chunk size');
      if (size === 0) break;
      yield* exactly(reader, size);
      await reader.line();
    }
    while (((await reader.line()) ?? '') !== '');
    return;
  }
  const length = header(headers, 'content-length');
  if (length !== undefined) return yield* exactly(reader, Number(length));
  if (otherwise === 'none') return;
  for (let piece = await reader.some(); piece !== undefined; piece = await reader.some()) yield piece;
}

/** The stream ended inside a body whose length was promised. */
export class BodyCutShort extends Error {
  override readonly name = 'BodyCutShort';
  constructor(readonly missing: number) {
    super(`${missing} bytes missing`);
  }
}

async function* exactly(reader: PieceReader, length: number): AsyncGenerator<string> {
  let left = length;
  while (left > 0) {
    const piece = await reader.some(left);
    if (piece === undefined) throw new BodyCutShort(left);
    left -= piece.length;
    yield piece;
  }
}

async function readHeaders(reader: PieceReader): Promise<Headers> {
  const headers: [string, string][] = [];
  for (;;) {
    const line = await reader.line();
    if (line === undefined || line === '') return headers;
    const at = line.indexOf(':');
    if (at <= 0) throw new HttpSyntaxError(line);
    headers.push([line.slice(0, at), line.slice(at + 1).trim()]);
  }
}
