/** wget of BusyBox, for HTTP. See networking/wget.c; words of 1.35. */
import { encodeBase64 } from '../../base/base64.ts';
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { openOutput } from '../../machine/open.ts';
import { Exit, type Output, type Process, type Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { lookupHost } from '../dns/resolver.ts';
import { EmptyReply, HttpConnection } from '../http/client.ts';
import { BodyCutShort, header, HttpSyntaxError, type Headers } from '../http/message.ts';
import { hostHeader, parseUrl, remoteName, resolveUrl, type Url } from '../http/url.ts';
import { parseOptions, type ParsedOptions } from '../options.ts';
import { busyboxUsage, refuse, withOptions } from '../usage.ts';
import { TlsError } from '../tls/client.ts';
import { systemRoots } from '../tls/roots.ts';
import { TimedOut } from '../waiting.ts';

/** BusyBox waits 15 minutes unless told otherwise. */
const DEFAULT_TIMEOUT_S = 900;
const MAX_REDIRECTS = 5;

/** As in the busybox image: its own TLS, which believes everybody and says so. */
export const busyboxWget: Program = {
  name: 'busybox-wget',
  run: (process) => withOptions(() => main(process, false), (error) => busyboxUsage(process, USAGE, error)),
};

/** As Alpine builds it: `ssl_client` speaks TLS for it, and looks at certificates. */
export const alpineWget: Program = {
  name: 'alpine-wget',
  run: (process) => withOptions(() => main(process, true), (error) => busyboxUsage(process, USAGE, error)),
};

async function main(process: Process, verifies: boolean): Promise<number> {
  const options = parseOptions(process.argv.slice(1), {
    short: 'qSO:P:U:T:',
    long: { quiet: 'q', 'server-response': 'S', 'output-document': 'O:', 'directory-prefix': 'P:', 'user-agent': 'U:', timeout: 'T:', header: 'header:', 'post-data': 'post-data:', 'no-check-certificate': 'no-check-certificate', spider: 'spider' },
  });
  if (options.operands.length === 0) return busyboxUsage(process, USAGE);
  for (const text of options.operands) {
    const code = await fetchOne(process, { ...options, builtIn: !verifies, verify: verifies && !options.has('no-check-certificate') }, text);
    if (code !== 0) return code;
  }
  return 0;
}

interface WgetOptions extends ParsedOptions {
  /** Whether a certificate that is not believed ends it. */
  readonly verify: boolean;
  /** BusyBox's own TLS, without an ssl_client. */
  readonly builtIn: boolean;
}

async function fetchOne(process: Process, options: WgetOptions, text: string): Promise<number> {
  const url = parseUrl(text);
  if (!url) return refuse(process, 1, `wget: bad address '${text.replace(/^[a-z]+:\/\//, '')}'`);
  if (url.scheme !== 'http' && url.scheme !== 'https') return refuse(process, 1, `wget: not an http or ftp url: ${text}`);
  try {
    return await download(process, options, url, 0);
  } catch (error) {
    if (error instanceof TimedOut) return refuse(process, 1, 'wget: download timed out');
    if (error instanceof NetError) return refuse(process, 1, `wget: error getting response: ${error.message}`);
    if (error instanceof EmptyReply) return refuse(process, 1, 'wget: error getting response');
    if (error instanceof HttpSyntaxError) return refuse(process, 1, `wget: short or malformed server response`);
    if (error instanceof BodyCutShort) return refuse(process, 1, 'wget: connection closed prematurely');
    if (error instanceof FileError) return refuse(process, 1, `wget: can't open '${error.path}': ${error.message}`);
    throw error;
  }
}

async function download(process: Process, options: WgetOptions, url: Url, redirects: number): Promise<number> {
  const quiet = options.has('q');
  const say = (words: string) => (quiet ? Promise.resolve() : process.stderr.write(`${words}\n`));
  const found = await lookupHost(process, url.host);
  if (found.outcome !== 'found') return refuse(process, 1, `wget: bad address '${hostHeader(url)}'`);
  const address = found.addresses[0]!;
  await say(`Connecting to ${hostHeader(url)} (${address}:${url.port})`);
  const connection = await connect(process, address, url, options);
  try {
    const post = options.value('post-data');
    connection.send(post === undefined ? 'GET' : 'POST', url.target, requestHeaders(options, url, post), post ?? '');
    const head = await connection.head();
    if (options.has('S')) await process.stderr.write([`${head.version} ${head.status} ${head.reason}`, ...head.headers.map(([name, value]) => `${name}: ${value}`), ''].map((line) => `  ${line}\n`).join(''));
    const location = header(head.headers, 'location');
    if ([301, 302, 303, 307, 308].includes(head.status) && location !== undefined) {
      const next = resolveUrl(url, location);
      if (redirects >= MAX_REDIRECTS || !next) return await refuse(process, 1, 'wget: too many redirections');
      connection.close();
      return await download(process, options, next, redirects + 1);
    }
    if (head.status < 200 || head.status >= 300) return await refuse(process, 1, `wget: server returned error: ${head.version} ${head.status} ${head.reason}`);
    if (options.has('spider')) {
      await say('remote file exists');
      return 0;
    }
    await save(process, options, url, { connection, head, say });
    return 0;
  } finally {
    connection.close();
  }
}

async function connect(process: Process, address: Parameters<typeof HttpConnection.open>[1], url: Url, options: WgetOptions): Promise<HttpConnection> {
  const deadlineMs = process.machine.clock.now() + Number(options.value('T') ?? DEFAULT_TIMEOUT_S) * 1000;
  const { verify } = options;
  const tls = url.scheme === 'https' ? { host: url.host, verify, roots: systemRoots(process) } : undefined;
  // Said even with -q, once a connection stands.
  const note = tls && options.builtIn && !options.has('no-check-certificate') ? () => process.stderr.write('wget: note: TLS certificate validation not implemented\n') : undefined;
  try {
    return await HttpConnection.open(process, address, url.port, { deadlineMs, tls, onConnected: () => void note?.() });
  } catch (error) {
    if (error instanceof TlsError) throw await exitAfter(process, `ssl_client: ${url.host}: ${tlsWords(error)}\nwget: error getting response: Connection reset by peer`);
    if (!(error instanceof NetError)) throw error;
    throw await exitAfter(process, `wget: can't connect to remote host (${address}): ${error.message}`);
  }
}

/** libtls has its own words around OpenSSL's. */
function tlsWords(error: TlsError): string {
  switch (error.kind) {
    case 'no-tls':
      return `TLS connect failed`;
    case 'untrusted':
      return `certificate verification failed: ${error.openssl}`;
    case 'other-name':
      return 'name not present in server certificate';
  }
}

async function exitAfter(process: Process, words: string): Promise<Exit> {
  return new Exit(await refuse(process, 1, words));
}

function requestHeaders(options: ParsedOptions, url: Url, post: string | undefined): Headers {
  const own = options.values('header').flatMap((line) => (line.includes(':') ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const] : []));
  const given = new Set(own.map(([name]) => name.toLowerCase()));
  const defaults: Headers = [
    ['Host', hostHeader(url)],
    ['User-Agent', options.value('U') ?? 'Wget'],
    ['Connection', 'close'],
    ...(url.user === undefined ? [] : [['Authorization', `Basic ${encodeBase64(url.user)}`] as const]),
    ...(post === undefined ? [] : ([['Content-Type', 'application/x-www-form-urlencoded'], ['Content-Length', String(post.length)]] as const)),
  ];
  return [...defaults.filter(([name]) => !given.has(name.toLowerCase())), ...own];
}

interface Receiving {
  readonly connection: HttpConnection;
  readonly head: Awaited<ReturnType<HttpConnection['head']>>;
  readonly say: (words: string) => Promise<void>;
}

async function save(process: Process, options: ParsedOptions, url: Url, { connection, head, say }: Receiving): Promise<void> {
  const named = options.value('O');
  const toStdout = named === '-';
  const name = named ?? (remoteName(url) || 'index.html');
  const path = named === undefined && options.has('P') ? `${options.value('P')!.replace(/\/$/, '')}/${name}` : name;
  if (named === undefined && process.files.exists(absolute(process.cwd, path))) throw await exitAfter(process, `wget: can't open '${path}': File exists`);
  const output: Output = toStdout ? process.stdout : openOutput(process, absolute(process.cwd, path));
  await say(toStdout ? 'writing to stdout' : `saving to '${path}'`);
  let received = 0;
  for await (const piece of connection.body(head, 'GET')) {
    received += piece.length;
    await output.write(piece);
  }
  await say(`${(toStdout ? '-' : path.split('/').at(-1)!).slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${size(received)}  0:00:00 ETA`);
  await say(toStdout ? 'written to stdout' : `'${path}' saved`);
}

/** Five characters: bytes, or thousands with a letter. */
function size(bytes: number): string {
  if (bytes < 100_000) return String(bytes).padStart(5);
  return bytes < 10_000 * 1024 ? `${String(Math.floor(bytes / 1024)).padStart(4)}k` : `${String(Math.floor(bytes / 1024 / 1024)).padStart(4)}M`;
}

const USAGE = `wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy`;
