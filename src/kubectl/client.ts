/**
 * HTTP to an API server: JSON requests, Status errors in kubectl's words, watches as lines. Works against any cluster.
 * See k8s.io/cli-runtime and kubectl/pkg/cmd/util/helpers.go (StandardErrorMessage).
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { KubectlError, type KubectlIo } from './io.ts';
import { klogLine } from './klog.ts';
import type { Connection } from './kubeconfig.ts';
import { unreachable } from './unreachable.ts';

export interface Status {
  readonly kind?: string;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly name?: string; readonly group?: string; readonly kind?: string; readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[]; readonly retryAfterSeconds?: number };
}

/** The server's refusal. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(readonly status: Status) {
    super(status.message ?? 'unknown');
  }
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export interface SendOptions {
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly raw?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** What ends the request, besides Ctrl-C by which this one is aborted too. */
  readonly signal?: AbortSignal;
}

export const TABLE_ACCEPT = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

export class Client {
  readonly #agent: Agent | undefined;
  readonly #base: URL;
  readonly #told = new Set<string>();
  /** Warnings told so far. */
  warnings = 0;

  constructor(
    readonly connection: Connection,
    private readonly io: KubectlIo,
    /** From 6 on every request is told. */
    private readonly verbosity = 0,
  ) {
    this.#base = new URL(/^https?:\/\//.test(connection.server) ? connection.server : `http://${connection.server}`);
    this.#agent = this.#base.protocol === 'https:' ? new Agent({ keepAlive: true, ...this.tls() }) : undefined;
  }

  /** For upgrades (exec, attach, port-forward): where and with which credentials. */
  get url(): URL {
    return this.#base;
  }

  tls(): { ca?: string; cert?: string; key?: string; servername?: string; rejectUnauthorized: boolean } {
    const { ca, cert, key, serverName, insecure } = this.connection;
    return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}), ...(serverName ? { servername: serverName } : {}), rejectUnauthorized: !insecure };
  }

  authorization(): Record<string, string | string[]> {
    const { token, basic, impersonate } = this.connection;
    return {
      ...(token ? { Authorization: `Bearer ${token}` } : basic ? { Authorization: `Basic ${basic}` } : {}),
      ...(impersonate ? { 'Impersonate-User': impersonate.user, ...(impersonate.groups.length > 0 ? { 'Impersonate-Group': [...impersonate.groups] } : {}), ...(impersonate.uid ? { 'Impersonate-Uid': impersonate.uid } : {}) } : {}),
    };
  }

  close(): void {
    this.#agent?.destroy();
  }

  /** @param path with its query. @throws StatusError, UnreachableError */
  async json<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
    const answer = await this.send(method, path, options);
    return JSON.parse(answer.text) as T;
  }

  /** @throws StatusError for anything but 2xx */
  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const message = await this.#open(method, path, options);
    const answer = await this.#whole(message);
    this.#warn(message);
    if (answer.status >= 300) throw new StatusError(statusOf(answer));
    return answer;
  }

  /** The body as it comes: logs, watches. @throws StatusError, UnreachableError */
  async stream(path: string, accept = 'application/json', signal: AbortSignal = this.io.signal): Promise<IncomingMessage> {
    const message = await this.#open('GET', path, { accept, signal });
    this.#warn(message);
    if ((message.statusCode ?? 0) < 300) return message;
    throw new StatusError(statusOf(await this.#whole(message)));
  }

  /** Watch events, one object a line, until the server ends or `signal` aborts, which may be before the server has answered. */
  async *watch<T>(path: string, accept = 'application/json', signal: AbortSignal = this.io.signal): AsyncGenerator<{ readonly type: string; readonly object: T }> {
    let message: IncomingMessage | undefined;
    const abort = () => message?.destroy();
    signal.addEventListener('abort', abort, { once: true });
    let rest = '';
    try {
      message = await this.stream(path, accept, signal);
      // Whole letters, wherever the server's chunks are cut.
      message.setEncoding('utf8');
      for await (const chunk of message) {
        const lines = (rest + (chunk as string)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') yield JSON.parse(line) as { type: string; object: T };
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      message?.destroy();
    }
  }

  async #whole(message: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) chunks.push(chunk as Buffer);
    } catch (error) {
      // Half an answer is none.
      throw this.io.signal.aborted ? new KubectlError('', 130) : unreachable(this.#base, error as NodeJS.ErrnoException);
    }
    return { status: message.statusCode ?? 0, contentType: message.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString('utf8') };
  }

  #open(method: string, path: string, options: SendOptions): Promise<IncomingMessage> {
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const settings: RequestOptions = {
      method,
      hostname: this.#base.hostname,
      port: this.#base.port || (this.#base.protocol === 'https:' ? 443 : 80),
      path: `${this.#base.pathname.replace(/\/$/, '')}${path}`,
      headers: {
        Accept: options.accept ?? 'application/json',
        'User-Agent': 'kubectl/v1.35.0 (cka)',
        ...this.authorization(),
        ...(body === undefined ? {} : { 'Content-Type': options.contentType ?? 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      },
      ...(this.#agent ? { agent: this.#agent } : {}),
    };
    const began = Date.now();
    return new Promise((resolve, reject) => {
      const request = (this.#agent ? httpsRequest : httpRequest)(settings, (message) => {
        if (this.verbosity >= 6) this.io.stderr(klogLine('I', 'round_trippers.go:632', `"Response" verb="${method}" url="${this.#base.origin}${settings.path}" status="${message.statusCode} ${message.statusMessage}" milliseconds=${Date.now() - began}`));
        resolve(message);
      });
      const limit = this.connection.timeoutMs;
      const timer = limit > 0 ? setTimeout(() => request.destroy(new KubectlError(`Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)`)), limit) : undefined;
      request.on('close', () => clearTimeout(timer));
      const { signal = this.io.signal } = options;
      const abort = () => request.destroy(new KubectlError('', 130));
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      request.on('close', () => signal.removeEventListener('abort', abort));
      request.on('error', (error: NodeJS.ErrnoException) => reject(error instanceof KubectlError ? error : unreachable(this.#base, error)));
      request.end(body);
    });
  }

  #warn(message: IncomingMessage): void {
    const warnings = message.headers['warning'];
    for (const header of warnings === undefined ? [] : [warnings].flat()) {
      for (const match of header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)) {
        const text = match[1]!.replace(/\\(.)/g, '$1');
        // The same warning is told once, however many requests bring it.
        if (this.#told.has(text)) continue;
        this.#told.add(text);
        this.warnings++;
        this.io.stderr(`Warning: ${text}\n`);
      }
    }
  }
}

function statusOf(answer: Answer): Status {
  try {
    const status = JSON.parse(answer.text) as Status;
    if (status.kind === 'Status') return status;
  } catch {
    // Not JSON: a proxy or another server spoke.
  }
  if (answer.status === 404) return { code: 404, reason: 'NotFound', message: 'the server could not find the requested resource' };
  return { code: answer.status, message: answer.text.trim() || `the server responded with the status code ${answer.status}` };
}

/** What kubectl prints for an error of the server. */
export function statusText(status: Status): string {
  return status.reason === 'Invalid' && status.details?.causes ? invalidText(status) : statusLine(status);
}

/** The same, when it is one error of several. */
export function statusLine(status: Status): string {
  if (status.reason === 'Unauthorized') return `error: You must be logged in to the server (${status.message})`;
  if (status.reason) return `Error from server (${status.reason}): ${status.message}`;
  return `Error from server: ${status.message}`;
}

/** `The Deployment "web" is invalid: …`, with a list when there are several causes. */
function invalidText(status: Status): string {
  const details = status.details!;
  const causes = [...new Set((details.causes ?? []).map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : cause.message!)))];
  const head = `The ${details.kind} "${details.name}" is invalid`;
  if (causes.length === 0) return `${head}: ${status.message}`;
  return causes.length === 1 ? `${head}: ${causes[0]}` : `${head}: \n${causes.map((cause) => `* ${cause}`).join('\n')}`;
}
