/** One URL fetched: resolve, connect, ask, receive, with what `-v` tells on the way. Knows curl's options, not its loops. */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import { FileError } from '../../machine/files.ts';
import type { Output, Process } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { lookupHost } from '../dns/resolver.ts';
import { EmptyReply, HttpConnection } from '../http/client.ts';
import { BodyCutShort, header, HttpSyntaxError, type ResponseHead } from '../http/message.ts';
import { printUrl, resolveUrl, type Url } from '../http/url.ts';
import { TlsError } from '../tls/client.ts';
import { TimedOut, until } from '../waiting.ts';
import { CurlError } from './error.ts';
import type { CurlOptions } from './options.ts';
import { requestOf } from './request.ts';
import { agreedLines, tlsFailure, tlsWish, type VerboseLine } from './secure.ts';
import type { ProgressMeter } from './progress.ts';
import type { TransferFacts } from './write-out.ts';

export class Transfer {
  readonly facts: TransferFacts = {
    httpCode: 0, contentType: '', sizeDownload: 0, sizeUpload: 0, redirects: 0, redirectUrl: '', effectiveUrl: '', givenUrl: '', method: 'GET',
    exitCode: 0, errorMessage: '', nameMs: 0, connectMs: 0, firstByteMs: 0, totalMs: 0,
  };
  readonly #startedAt: number;
  #connection: { readonly http: HttpConnection; readonly to: string; readonly number: number } | undefined;
  #connections = 0;

  constructor(
    private readonly process: Process,
    private readonly options: CurlOptions,
    private readonly meter: ProgressMeter,
    private readonly output: () => Output,
  ) {
    this.#startedAt = process.machine.clock.now();
  }

  elapsed(): number {
    return this.process.machine.clock.now() - this.#startedAt;
  }

  /** @returns where the answer redirects to, if it does @throws CurlError */
  async fetch(url: Url): Promise<string | undefined> {
    const { facts, options } = this;
    facts.effectiveUrl = printUrl(url);
    try {
      const connection = await this.#connect(url);
      const { method, target, headers, body } = requestOf(options, url, this.facts.redirects > 0);
      facts.method = method;
      await this.#verbose([`> ${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `> ${name}: ${value}`), '> ']);
      connection.send(method, target, headers, body);
      if (body !== '') {
        this.meter.sent += body.length;
        this.meter.expectedToSend = this.meter.sent;
        facts.sizeUpload += body.length;
        await this.#data('}', body.length);
      }
      const head = await connection.head();
      return await this.#receive(connection, head, method, url);
    } catch (error) {
      throw error instanceof CurlError ? error : this.#translate(error, url);
    }
  }

  /** The last words of `-v`. */
  async finish(): Promise<void> {
    if (this.#connection) await this.#verbose([`* Connection #${this.#connection.number} to host ${this.#connection.to.split(':')[0]} left intact`]);
  }

  close(): void {
    this.#connection?.http.close();
  }

  async #connect(url: Url): Promise<HttpConnection> {
    const { process, options, facts } = this;
    const to = `${url.host}:${url.port}`;
    if (this.#connection?.to === to) {
      await this.#verbose([`* Re-using existing connection #${this.#connection.number} with host ${url.host}`]);
      return this.#connection.http;
    }
    this.close();
    const addresses = await this.#resolve(url);
    facts.nameMs = this.elapsed();
    let last: unknown;
    for (const address of addresses) {
      await this.#verbose([`*   Trying ${address}:${url.port}...`]);
      const startedAt = this.elapsed();
      const lines: VerboseLine[] = [];
      const onConnected = () => void lines.unshift(`* Connected to ${url.host} (${address}) port ${url.port} (#${this.#connections})`);
      const wish = url.scheme === 'https' ? tlsWish(process, options, url.host, lines) : undefined;
      try {
        const http = await HttpConnection.open(process, address, url.port, { connectTimeoutMs: options.connectTimeoutMs, deadlineMs: this.#deadline(), tls: wish, onConnected });
        const number = this.#connections++;
        this.#connection = { http, to, number };
        facts.connectMs = this.elapsed();
        facts.remote = http.connection.remote;
        facts.local = http.connection.local;
        await this.#shaken(lines, http, wish);
        return http;
      } catch (error) {
        if (error instanceof TimedOut) throw this.#connectTimeout(url, startedAt);
        await this.#verboseLines(lines);
        if (error instanceof TlsError) throw await this.#untrusted(error, wish!);
        if (!(error instanceof NetError)) throw error;
        last = error;
        await this.#verbose([`* connect to ${address} port ${url.port} failed: ${error.message}`]);
      }
    }
    const code = last instanceof NetError && last.code === 'ETIMEDOUT' ? 28 : 7;
    const message = `Failed to connect to ${url.host} port ${url.port} after ${Math.round(this.elapsed())} ms: Couldn't connect to server`;
    await this.#verbose([`* ${message}`]);
    throw new CurlError(code, message);
  }

  /** What `-v` says once a connection stands. */
  async #shaken(lines: readonly VerboseLine[], http: HttpConnection, wish: ReturnType<typeof tlsWish> | undefined): Promise<void> {
    await this.#verboseLines(lines);
    if (!http.session || !wish) return;
    await this.#verbose(agreedLines(http.session, { ...wish, insecure: this.options.insecure, nowMs: this.process.machine.clock.unixMs() }));
    await this.#data('}', 5);
  }

  async #untrusted(error: TlsError, wish: ReturnType<typeof tlsWish>): Promise<CurlError> {
    if (error.kind === 'other-name') await this.#verbose(agreedLines({ peer: error.chain, protocol: 'http/1.1' }, { ...wish, insecure: false, nowMs: this.process.machine.clock.unixMs() }).slice(0, -3));
    const failure = tlsFailure(error);
    await this.#verbose([`* ${failure.message.split('\n')[0]}`]);
    return failure;
  }

  /** The overall limit and the limit for connecting have different words. */
  #connectTimeout(url: Url, startedAt: number): CurlError {
    const { maxTimeMs, connectTimeoutMs } = this.options;
    if (maxTimeMs !== undefined && (maxTimeMs <= connectTimeoutMs || this.elapsed() >= maxTimeMs)) return new CurlError(28, `Connection timed out after ${Math.round(this.elapsed())} milliseconds`);
    return new CurlError(28, `Failed to connect to ${url.host} port ${url.port} after ${Math.round(this.elapsed() - startedAt)} ms: Timeout was reached`);
  }

  async #resolve(url: Url): Promise<readonly Ipv4[]> {
    for (const entry of this.options.resolves) {
      const match = /^\+?([^:]+):(\d+):(.*)$/.exec(entry);
      if (match?.[1] === url.host && Number(match[2]) === url.port) return match[3]!.split(',').flatMap((text) => parseIpv4(text) ?? []);
    }
    const deadline = this.#deadline();
    const found = await lookupWithin(this.process, url.host, deadline === undefined ? undefined : deadline - this.process.machine.clock.now());
    if (found === 'timed-out') throw new CurlError(28, `Resolving timed out after ${Math.round(this.elapsed())} milliseconds`);
    if (found.outcome === 'found') return found.addresses;
    await this.#verbose([`* Could not resolve host: ${url.host}`]);
    throw new CurlError(6, `Could not resolve host: ${url.host}`, false);
  }

  #deadline(): number | undefined {
    return this.options.maxTimeMs === undefined ? undefined : this.#startedAt + this.options.maxTimeMs;
  }

  async #receive(connection: HttpConnection, head: ResponseHead, method: string, url: Url): Promise<string | undefined> {
    const { facts, options, meter } = this;
    facts.firstByteMs = this.elapsed();
    facts.httpCode = head.status;
    facts.contentType = header(head.headers, 'content-type') ?? '';
    const location = head.status >= 300 && head.status < 400 ? header(head.headers, 'location') : undefined;
    const resolved = location === undefined ? undefined : resolveUrl(url, location);
    facts.redirectUrl = resolved && !options.follow ? printUrl(resolved) : '';
    const lines = [`${head.version} ${head.status}${head.reason ? ` ${head.reason}` : ''}`, ...head.headers.map(([name, value]) => `${name}: ${value}`), ''];
    await this.#verbose(lines.map((line) => `< ${line}`));
    if (options.include || options.headOnly) await this.#write(lines.map((line) => `${line}\r\n`).join(''));
    const length = header(head.headers, 'content-length');
    meter.expected = length === undefined ? undefined : Number(length);
    if (options.fail && head.status >= 400 && !options.failWithBody) {
      this.close();
      throw new CurlError(22, `The requested URL returned error: ${head.status}`);
    }
    const skipped = options.follow && location !== undefined;
    if (skipped) await this.#verbose([`* Ignoring the response-body`]);
    meter.received = 0;
    for await (const piece of connection.body(head, method)) {
      await this.#data('{', piece.length);
      if (skipped) continue;
      facts.sizeDownload += piece.length;
      meter.received += piece.length;
      await this.#write(piece);
    }
    if (header(head.headers, 'connection')?.toLowerCase() === 'close' || head.version === 'HTTP/1.0') {
      await this.#verbose([`* Closing connection ${this.#connection?.number ?? 0}`]);
      this.close();
      this.#connection = undefined;
    }
    return location;
  }

  async #write(text: string): Promise<void> {
    try {
      await this.output().write(text);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await this.process.stderr.write(`Warning: Failed to open the file ${error.path}: ${error.message}\n`);
      throw new CurlError(23, 'Failure writing output to destination');
    }
  }

  async #verbose(lines: readonly string[]): Promise<void> {
    if (this.options.verbose) await this.process.stderr.write(`${lines.join('\n')}\n`);
  }

  async #verboseLines(lines: readonly VerboseLine[]): Promise<void> {
    for (const line of lines) await (typeof line === 'string' ? this.#verbose([line]) : this.#data(...line));
  }

  /** What `-v` says of bytes that it does not show. */
  async #data(mark: '{' | '}', length: number): Promise<void> {
    if (this.options.verbose && !this.process.terminal) await this.process.stderr.write(`${mark} [${length} bytes data]\n`);
  }

  #translate(error: unknown, url: Url): unknown {
    if (error instanceof TimedOut) {
      const { received, expected } = this.meter;
      return new CurlError(28, `Operation timed out after ${Math.round(this.elapsed())} milliseconds with ${received} ${expected === undefined ? 'bytes received' : `out of ${expected} bytes received`}`);
    }
    if (error instanceof EmptyReply) return new CurlError(52, 'Empty reply from server');
    if (error instanceof BodyCutShort) return new CurlError(18, `transfer closed with ${error.missing} bytes remaining to read`);
    if (error instanceof HttpSyntaxError) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
    if (error instanceof NetError) return error.code === 'ETIMEDOUT' ? new CurlError(28, `Failed to connect to ${url.host} port ${url.port} after ${Math.round(this.elapsed())} ms: Couldn't connect to server`) : new CurlError(56, `Recv failure: ${error.message}`);
    return error;
  }
}

async function lookupWithin(process: Process, host: string, timeoutMs: number | undefined): Promise<Awaited<ReturnType<typeof lookupHost>> | 'timed-out'> {
  try {
    return await until(process, lookupHost(process, host), timeoutMs);
  } catch (error) {
    if (error instanceof TimedOut) return 'timed-out';
    throw error;
  }
}
