/**
 * Talks to an API server as its administrator: plain requests, and commands with streams over WebSocket.
 * Knows where, and with which certificate; nothing of clusters. See KEP-4006 for the channels.
 */
import { request as httpsRequest, Agent } from 'node:https';
import type { ExecResult, ExecTarget, SessionIo } from './cluster.ts';
import { UserError } from '../base/user-error.ts';

export interface Endpoint {
  readonly url: string;
  /** Absent: the authorities that the system trusts. */
  readonly authority?: string;
  /** One proves oneself with a certificate or with a token. */
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
  /** The kubeconfig says not to look at the server's certificate. */
  readonly insecure?: boolean;
  readonly serverName?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a Status on the last channel says of an exit code. */
interface ExitStatus {
  readonly status: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

export class ApiClient {
  readonly #endpoint: Endpoint;
  readonly #agent: Agent;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#agent = new Agent({ keepAlive: true, ...tlsOf(endpoint) });
  }

  /** @throws the system's error when nobody answers */
  request(method: string, path: string, body?: unknown, contentType = 'application/json', timeoutMs = 60_000): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const content = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const request = httpsRequest(
        new URL(path, this.#endpoint.url),
        {
          method,
          agent: this.#agent,
          timeout: timeoutMs,
          headers: { Accept: 'application/json', 'User-Agent': 'cka', ...bearer(this.#endpoint), ...(content && { 'Content-Type': contentType, 'Content-Length': content.length }) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const isJson = (response.headers['content-type'] ?? '').includes('json');
            resolve({ status: response.statusCode ?? 0, body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text });
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path} within ${timeoutMs} ms`)));
      request.on('error', reject);
      request.end(content);
    });
  }

  /** Run to the end and collect. @throws UserError */
  async exec(where: ExecTarget, command: readonly string[], options: { readonly stdin?: string; readonly timeoutMs?: number } = {}): Promise<ExecResult> {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const gone = new AbortController();
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => gone.abort(new UserError(`${command.join(' ')} did not end within ${options.timeoutMs} ms.`, 'Look at what it waits for, or give it more time.', 1)), options.timeoutMs);
    try {
      const exitCode = await this.session(
        where,
        command,
        {
          tty: false,
          stdin: (listener) => {
            if (options.stdin !== undefined) listener(Buffer.from(options.stdin));
            listener(undefined);
          },
          stdout: (bytes) => void out.push(Buffer.from(bytes)),
          stderr: (bytes) => void err.push(Buffer.from(bytes)),
        },
        { signal: gone.signal, stdin: options.stdin !== undefined },
      );
      return { stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), exitCode };
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns the exit code. @throws UserError when the place does not exist or refuses */
  async session(where: ExecTarget, command: readonly string[], io: SessionIo, options: { readonly signal?: AbortSignal; readonly stdin?: boolean } = {}): Promise<number> {
    const { WebSocket } = await import('ws');
    const url = new URL(execPath(where, command, { tty: io.tty, stdin: options.stdin ?? true }), this.#endpoint.url.replace(/^http/, 'ws'));
    // The fourth version, of servers before 1.30, cannot end standard input by itself.
    const socket = new WebSocket(url, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], { ...tlsOf(this.#endpoint), headers: bearer(this.#endpoint), perMessageDeflate: false });
    const send = (channel: number, bytes: Uint8Array) => socket.readyState === socket.OPEN && socket.send(Buffer.concat([Buffer.from([channel]), bytes]));
    return new Promise((resolve, reject) => {
      let status: ExitStatus | undefined;
      const abort = () => {
        socket.terminate();
        reject(options.signal?.reason as Error);
      };
      if (options.signal?.aborted) return abort();
      options.signal?.addEventListener('abort', abort, { once: true });
      socket.on('open', () => {
        const resize = (columns: number, rows: number) => send(4, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
        if (io.tty && io.columns && io.rows) resize(io.columns, io.rows);
        io.onResize?.(resize);
        io.stdin((bytes) => (bytes !== undefined ? send(0, bytes) : socket.protocol.startsWith('v5') && send(255, Buffer.from([0]))));
      });
      socket.on('message', (data: Buffer) => {
        const content = data.subarray(1);
        if (data[0] === 1) io.stdout(content);
        else if (data[0] === 2) io.stderr(content);
        else if (data[0] === 3) status = JSON.parse(content.toString()) as ExitStatus;
      });
      socket.on('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => reject(refusal(Buffer.concat(chunks).toString(), where)));
      });
      socket.on('error', reject);
      socket.on('close', () => {
        options.signal?.removeEventListener('abort', abort);
        if (!status) return reject(new UserError('The connection to the cluster was lost.', 'Run `cka cluster status` to see whether it still runs.'));
        const code = exitCodeOf(status);
        const unstarted = 'node' in where ? /OCI runtime exec failed: .*/s.exec(status.message ?? '')?.[0] : undefined;
        if (code !== undefined) return resolve(code);
        if (unstarted === undefined) return reject(refusal(JSON.stringify(status), where));
        // A node is a container to an engine, which says this and ends so, as a shell would: docker exec NODE no-such.
        io.stderr(Buffer.from(`${unstarted}\n`));
        resolve(unstarted.includes('permission denied') ? 126 : 127);
      });
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function tlsOf({ authority: ca, certificate: cert, key, insecure, serverName: servername }: Endpoint) {
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(insecure && { rejectUnauthorized: false }), ...(servername && { servername }) };
}

const bearer = ({ token }: Endpoint): Readonly<Record<string, string>> => (token === undefined ? {} : { Authorization: `Bearer ${token}` });

function execPath(where: ExecTarget, command: readonly string[], o: { readonly tty: boolean; readonly stdin: boolean }): string {
  const query = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
  for (const wanted of ['stdout', o.stdin && 'stdin', o.tty ? 'tty' : 'stderr']) if (wanted) query.set(wanted, 'true');
  if ('node' in where) return `/cka/v1/nodes/${encodeURIComponent(where.node)}/exec?${query.toString()}`;
  if (where.container !== undefined) query.set('container', where.container);
  return `/api/v1/namespaces/${encodeURIComponent(where.namespace)}/pods/${encodeURIComponent(where.pod)}/exec?${query.toString()}`;
}

/** Undefined when the command never ran. */
function exitCodeOf(status: ExitStatus): number | undefined {
  if (status.status === 'Success') return 0;
  const code = status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  return status.reason === 'NonZeroExitCode' && code !== undefined ? Number(code) : undefined;
}

function refusal(text: string, where: ExecTarget): UserError {
  let message = text;
  try {
    message = (JSON.parse(text) as ExitStatus).message ?? text;
  } catch {
    // Not a Status: shown as it came.
  }
  const action = 'node' in where ? 'Run `cka cluster status` to see the nodes.' : `Run \`kubectl get pods -n ${where.namespace}\` to see the pods.`;
  return new UserError(message, action, 1);
}
