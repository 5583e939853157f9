/** GNU wget, for HTTP. Words and exit codes of 1.21.3; see wget(1), "EXIT STATUS". Over 250 lines because what it says while it fetches is half of what it does. */
import { encodeBase64 } from '../../base/base64.ts';
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { openOutput } from '../../machine/open.ts';
import type { Output, Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { utf8Encode } from '../../base/bytes.ts';
import { lookupFailureText, lookupHost } from '../dns/resolver.ts';
import { EmptyReply, HttpConnection } from '../http/client.ts';
import { BodyCutShort, header, HttpSyntaxError, type Headers, type ResponseHead } from '../http/message.ts';
import { hostHeader, parseUrl, printUrl, remoteName, resolveUrl, type Url } from '../http/url.ts';
import { OptionError, parseOptions, type ParsedOptions } from '../options.ts';
import { refuse, withOptions } from '../usage.ts';
import { TlsError } from '../tls/client.ts';
import { TimedOut } from '../waiting.ts';
import { authorityLine, doubtsAbout } from './doubts.ts';
import { dots, emptyBar, fullBar, rate } from './progress.ts';

const USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.";
const MAX_REDIRECTS = 20;

export const wget: Program = {
  name: 'wget',
  run: (process) => withOptions(() => main(process), (error: OptionError) => refuse(process, 2, `${error.sentence('wget')}\n${USAGE}`)),
};

async function main(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), {
    short: 'qSO:T:t:U:P:vV',
    long: {
      quiet: 'q', 'server-response': 'S', 'output-document': 'O:', timeout: 'T:', tries: 't:', 'user-agent': 'U:', 'directory-prefix': 'P:', verbose: 'v', version: 'V', spider: 'spider',
      header: 'header:', 'post-data': 'post-data:', 'no-verbose': 'nv', 'max-redirect': 'max-redirect:', 'no-check-certificate': 'insecure', 'ca-certificate': 'ca:', method: 'method:', 'connect-timeout': 'T:', 'read-timeout': 'T:',
    },
  });
  if (options.has('V')) {
    await process.stdout.write('GNU Wget 1.21.3 built on linux-gnu.\n');
    return 0;
  }
  if (options.operands.length === 0) return refuse(process, 1, `wget: missing URL\n${USAGE}`);
  const timeout = options.value('T');
  if (timeout !== undefined && !/^\d+(\.\d+)?$/.test(timeout)) return refuse(process, 2, utf8Encode(`wget: --timeout: Invalid time period ‘${timeout}’`));
  let code = 0;
  for (const text of options.operands) code = (await fetchOne(process, options, text)) || code;
  return code;
}

class Wget {
  constructor(
    readonly process: Process,
    readonly options: ParsedOptions,
  ) {}

  async say(text: string): Promise<void> {
    if (!this.options.has('q')) await this.process.stderr.write(utf8Encode(text));
  }

  /** `2026-11-21 07:49:44`. */
  get time(): string {
    return new Date(this.process.machine.clock.unixMs()).toISOString().slice(0, 19).replace('T', ' ');
  }
}

async function fetchOne(process: Process, options: ParsedOptions, text: string): Promise<number> {
  const url = parseUrl(text);
  if (!url) return refuse(process, 1, `${text}: Invalid host name.`);
  if (url.scheme !== 'http' && url.scheme !== 'https') return refuse(process, 1, `${text}: Unsupported scheme ‘${url.scheme}’.`);
  const wgetRun = new Wget(process, options);
  if (options.has('spider')) await wgetRun.say('Spider mode enabled. Check if remote file exists.\n');
  const tries = Number(options.value('t') ?? 20) || Number.POSITIVE_INFINITY;
  let target = url;
  for (let attempt = 1, redirects = 0; ; ) {
    await wgetRun.say(`--${wgetRun.time}--  ${attempt > 1 ? `(try:${String(attempt).padStart(2)})  ` : ''}${printUrl(target)}\n`);
    const result = await attemptOnce(wgetRun, target);
    if (typeof result === 'number') return result;
    if (result.kind === 'redirect') {
      if (++redirects > Number(options.value('max-redirect') ?? MAX_REDIRECTS)) {
        await wgetRun.say(`${MAX_REDIRECTS} redirections exceeded.\n`);
        return 8;
      }
      target = result.to;
      continue;
    }
    if (attempt >= tries) {
      await wgetRun.say('Giving up.\n\n');
      return 4;
    }
    await wgetRun.say('Retrying.\n\n');
    await process.machine.clock.sleep(Math.min(attempt, 10) * 1000, process.signal);
    attempt++;
  }
}

type Attempt = number | { readonly kind: 'redirect'; readonly to: Url } | { readonly kind: 'retry' };

async function attemptOnce(run: Wget, url: Url): Promise<Attempt> {
  const { process, options } = run;
  const literal = /^[\d.]+$/.test(url.host);
  const found = await lookupHost(process, url.host);
  if (!literal) await run.say(`Resolving ${url.host} (${url.host})... ${found.outcome === 'found' ? found.addresses.join(', ') : `failed: ${lookupFailureText(found.outcome)}.`}\n`);
  if (found.outcome !== 'found') {
    await run.say(`wget: unable to resolve host address ‘${url.host}’\n`);
    return 4;
  }
  if (url.scheme === 'https') await run.say(authorityLine(process, options));
  const timeoutMs = options.has('T') ? Number(options.value('T')) * 1000 : 900_000;
  let connection: HttpConnection | undefined;
  for (const address of found.addresses) {
    await run.say(`Connecting to ${literal ? `${url.host}:${url.port}` : `${url.host} (${url.host})|${address}|:${url.port}`}... `);
    try {
      connection = await HttpConnection.open(process, address, url.port, {
        deadlineMs: process.machine.clock.now() + timeoutMs,
        tls: url.scheme === 'https' ? { host: url.host, verify: false, roots: [] } : undefined,
        onConnected: () => void run.say('connected.\n'),
      });
      const doubts = doubtsAbout(process, options, connection.session, url.host);
      await run.say(doubts.lines);
      if (doubts.final) {
        connection.close();
        return 5;
      }
      break;
    } catch (error) {
      if (error instanceof TlsError) {
        await run.say(`GnuTLS: An unexpected TLS packet was received.\nUnable to establish SSL connection.\n`);
        return 4;
      }
      const why = error instanceof TimedOut ? 'Connection timed out' : error instanceof NetError ? error.message : undefined;
      if (why === undefined) throw error;
      await run.say(`failed: ${why}.\n`);
      // Refusals are final; silence is tried again.
      if (error instanceof NetError && error.code !== 'ETIMEDOUT') continue;
      return { kind: 'retry' };
    }
  }
  if (!connection) return 4;
  try {
    return await exchange(run, connection, url);
  } catch (error) {
    if (error instanceof TimedOut) await run.say('Read error (Connection timed out) in headers.\n');
    else if (error instanceof EmptyReply) await run.say('No data received.\n');
    else if (error instanceof HttpSyntaxError || error instanceof BodyCutShort || error instanceof NetError) await run.say(`Read error (${error.message}) in headers.\n`);
    else throw error;
    return { kind: 'retry' };
  } finally {
    connection.close();
  }
}

async function exchange(run: Wget, connection: HttpConnection, url: Url): Promise<Attempt> {
  const { options } = run;
  const post = options.value('post-data');
  const method = options.value('method') ?? (post === undefined ? (options.has('spider') ? 'HEAD' : 'GET') : 'POST');
  connection.send(method, url.target, requestHeaders(options, url, post), post ?? '');
  await run.say('HTTP request sent, awaiting response... ');
  const head = await connection.head();
  if (options.has('S')) await run.say(`\n${[`${head.version} ${head.status} ${head.reason}`, ...head.headers.map(([name, value]) => `${name}: ${value}`)].map((line) => `  ${line}\n`).join('')}`);
  else await run.say(`${head.status} ${head.reason}\n`);
  const location = header(head.headers, 'location');
  if (head.status >= 300 && head.status < 400 && location !== undefined) {
    await run.say(`Location: ${location} [following]\n`);
    const to = resolveUrl(url, location);
    return to ? { kind: 'redirect', to } : 8;
  }
  if (head.status >= 400) {
    if (options.has('spider') && head.status === 404) await run.say('Remote file does not exist -- broken link!!!\n\n');
    else await run.say(`${run.time} ERROR ${head.status}: ${head.reason}.\n\n`);
    return 8;
  }
  const length = header(head.headers, 'content-length');
  const type = header(head.headers, 'content-type')?.replace(/;.*/, '');
  await run.say(`Length: ${length === undefined ? 'unspecified' : `${length}${human(Number(length))}`}${type ? ` [${type}]` : ''}\n`);
  if (options.has('spider')) {
    await run.say('Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n');
    return 0;
  }
  return save(run, connection, { head, method, url, length: length === undefined ? undefined : Number(length) });
}

interface Saving {
  readonly head: ResponseHead;
  readonly method: string;
  readonly url: Url;
  readonly length: number | undefined;
}

async function save(run: Wget, connection: HttpConnection, { head, method, url, length }: Saving): Promise<Attempt> {
  const { process, options } = run;
  const named = options.value('O');
  const name = named ?? freeName(process, remoteName(url) || 'index.html');
  const path = named === undefined && options.has('P') ? `${options.value('P')!.replace(/\/$/, '')}/${name}` : name;
  const shown = named === '-' ? 'STDOUT' : path;
  let output: Output;
  try {
    output = named === '-' ? process.stdout : openOutput(process, absolute(process.cwd, path));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await run.say(`${path}: ${error.message}\n\nCannot write to ‘${path}’ (${error.message}).\n`);
    return 3;
  }
  await run.say(`Saving to: ‘${shown}’\n\n`);
  const bar = process.terminal?.columns;
  if (bar !== undefined) await run.say(emptyBar(shown, length, bar));
  const startedAt = process.machine.clock.now();
  let received = 0;
  for await (const piece of connection.body(head, method)) {
    received += piece.length;
    await output.write(piece);
  }
  const tookMs = Math.max(process.machine.clock.now() - startedAt, 0.001);
  const download = { name: shown, length, received, tookMs };
  await run.say(bar === undefined ? dots(download) : fullBar(download, bar));
  const speed = rate((received * 1000) / tookMs);
  await run.say(`\n${run.time} (${speed.words}) - ${named === '-' ? 'written to stdout' : `‘${shown}’ saved`} [${received}${length === undefined ? '' : `/${length}`}]\n\n`);
  return 0;
}

function requestHeaders(options: ParsedOptions, url: Url, post: string | undefined): Headers {
  const own = options.values('header').flatMap((line) => (line.includes(':') ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const] : []));
  const given = new Set(own.map(([name]) => name.toLowerCase()));
  const defaults: Headers = [
    ['Host', hostHeader(url)], ['User-Agent', options.value('U') ?? 'Wget/1.21.3'], ['Accept', '*/*'], ['Accept-Encoding', 'identity'],
    ...(url.user === undefined ? [] : [['Authorization', `Basic ${encodeBase64(url.user)}`] as const]), ['Connection', 'Keep-Alive'],
    ...(post === undefined ? [] : ([['Content-Type', 'application/x-www-form-urlencoded'], ['Content-Length', String(post.length)]] as const)),
  ];
  return [...defaults.filter(([name]) => !given.has(name.toLowerCase())), ...own];
}

/** ` (1.2K)` behind a length of more than a kilobyte. */
function human(bytes: number): string {
  if (bytes < 1024) return '';
  const value = bytes / 1024;
  return value < 1024 ? ` (${value < 10 ? value.toFixed(1) : Math.round(value)}K)` : ` (${(value / 1024).toFixed(1)}M)`;
}

/** `index.html.1` when `index.html` is there. */
function freeName(process: Process, name: string): string {
  if (!process.files.exists(absolute(process.cwd, name))) return name;
  for (let n = 1; ; n++) if (!process.files.exists(absolute(process.cwd, `${name}.${n}`))) return `${name}.${n}`;
}
