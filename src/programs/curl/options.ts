/**
 * curl's command line. Options that real curl has and we have not are refused in curl's own words for a build without a
 * feature; those that real curl lacks, as unknown. See curl.1 and src/tool_getparam.c of 7.88.
 */
export interface CurlOptions {
  readonly urls: readonly string[];
  readonly silent: boolean;
  readonly showError: boolean;
  readonly verbose: boolean;
  readonly include: boolean;
  readonly headOnly: boolean;
  readonly follow: boolean;
  readonly maxRedirects: number;
  readonly fail: boolean;
  readonly insecure: boolean;
  readonly failWithBody: boolean;
  /** Files: whom to believe (`--cacert`), whom to be (`--cert`), and its key. */
  readonly authorities?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly method?: string | undefined;
  readonly headers: readonly string[];
  readonly data?: string | undefined;
  readonly get: boolean;
  readonly outputs: readonly string[];
  readonly remoteNames: boolean;
  readonly writeOut?: string | undefined;
  readonly maxTimeMs?: number | undefined;
  readonly connectTimeoutMs: number;
  readonly user?: string | undefined;
  readonly agent?: string | undefined;
  readonly referer?: string | undefined;
  readonly cookie?: string | undefined;
  readonly compressed: boolean;
  readonly resolves: readonly string[];
  readonly retries: number;
  readonly retryDelayMs: number;
  readonly retryRefused: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

/** What follows `curl: ` on a command line that curl refuses. */
export class CurlUsageError extends Error {
  override readonly name = 'CurlUsageError';
}

type Kind = 'flag' | 'text' | 'seconds' | 'count';

/** Long name, short letter, what it takes. */
const OPTIONS: readonly (readonly [long: string, short: string, kind: Kind])[] = [
  ['silent', 's', 'flag'], ['show-error', 'S', 'flag'], ['verbose', 'v', 'flag'], ['include', 'i', 'flag'], ['head', 'I', 'flag'], ['location', 'L', 'flag'],
  ['max-redirs', '', 'count'], ['fail', 'f', 'flag'], ['fail-with-body', '', 'flag'], ['request', 'X', 'text'], ['header', 'H', 'text'], ['data', 'd', 'text'],
  ['data-raw', '', 'text'], ['data-binary', '', 'text'], ['data-ascii', '', 'text'], ['json', '', 'text'], ['get', 'G', 'flag'], ['output', 'o', 'text'],
  ['remote-name', 'O', 'flag'], ['write-out', 'w', 'text'], ['max-time', 'm', 'seconds'], ['connect-timeout', '', 'seconds'], ['user', 'u', 'text'],
  ['user-agent', 'A', 'text'], ['referer', 'e', 'text'], ['cookie', 'b', 'text'], ['compressed', '', 'flag'], ['resolve', '', 'text'], ['retry', '', 'count'],
  ['retry-delay', '', 'seconds'], ['retry-connrefused', '', 'flag'], ['version', 'V', 'flag'], ['help', 'h', 'flag'], ['url', '', 'text'], ['insecure', 'k', 'flag'],
  ['no-buffer', 'N', 'flag'], ['ipv4', '4', 'flag'], ['http1.1', '', 'flag'], ['globoff', 'g', 'flag'], ['no-progress-meter', '', 'flag'], ['tcp-nodelay', '', 'flag'],
  ['no-keepalive', '', 'flag'], ['cacert', '', 'text'], ['cert', 'E', 'text'], ['key', '', 'text'], ['tlsv1.2', '', 'flag'], ['tlsv1.3', '', 'flag'],
];

/** Real ones that are not modelled. */
const NOT_BUILT_IN = new Set([
  'ipv6', '6', 'http2', 'http3', 'http1.0', '0', 'proxy', 'x', 'form', 'F', 'upload-file', 'T', 'cookie-jar', 'c', 'config', 'K', 'netrc', 'n',
  'interface', 'socks5', 'range', 'r', 'continue-at', 'C', 'limit-rate', 'parallel', 'Z', 'trace', 'trace-ascii', 'dump-header', 'D', 'data-urlencode', 'unix-socket',
  'progress-bar', '#', 'create-dirs', 'digest', 'connect-to', 'max-filesize', 'speed-limit', 'Y', 'haproxy-protocol', 'stderr', 'next', 'oauth2-bearer',
]);

/** @param readFile for `-d @file` @throws CurlUsageError */
export function parseCurl(args: readonly string[], readFile: (path: string) => string): CurlOptions {
  const found: [string, string][] = [];
  const urls: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-') || arg === '-') urls.push(arg);
    else if (arg.startsWith('--')) i += long(arg, args[i + 1], found);
    else i += cluster(arg, args[i + 1], found);
  }
  const last = (name: string) => found.findLast(([known]) => known === name)?.[1];
  const all = (name: string) => found.filter(([known]) => known === name).map(([, value]) => value);
  const has = (name: string) => found.some(([known]) => known === name);
  const data = found.filter(([name]) => name.startsWith('data') || name === 'json').map(([name, value]) => dataOf(name, value, readFile));
  const json = has('json');
  return {
    urls: [...urls, ...all('url')],
    silent: has('silent'), showError: has('show-error'), verbose: has('verbose'), include: has('include'), headOnly: has('head'), follow: has('location'),
    maxRedirects: Number(last('max-redirs') ?? 50), fail: has('fail'), insecure: has('insecure'), failWithBody: has('fail-with-body'), authorities: last('cacert'), certificate: last('cert'), key: last('key'), method: last('request'),
    headers: [...all('header'), ...(json ? ['Content-Type: application/json', 'Accept: application/json'] : [])],
    data: data.length > 0 ? data.join(json ? '' : '&') : undefined, get: has('get'), outputs: all('output'), remoteNames: has('remote-name'), writeOut: last('write-out'),
    maxTimeMs: last('max-time') === undefined ? undefined : Number(last('max-time')) * 1000 || undefined,
    connectTimeoutMs: Number(last('connect-timeout') ?? 0) * 1000 || 300_000,
    user: last('user'), agent: last('user-agent'), referer: last('referer'), cookie: last('cookie'), compressed: has('compressed'), resolves: all('resolve'),
    retries: Number(last('retry') ?? 0), retryDelayMs: Number(last('retry-delay') ?? 0) * 1000, retryRefused: has('retry-connrefused'), version: has('version'), help: has('help'),
  };
}

function long(arg: string, next: string | undefined, found: [string, string][]): number {
  const name = arg.slice(2);
  const exact = OPTIONS.find(([known]) => known === name);
  const matches = exact ? [exact] : OPTIONS.filter(([known]) => known.startsWith(name));
  if (!exact && NOT_BUILT_IN.has(name)) throw new CurlUsageError(`option ${arg}: the installed libcurl version doesn't support this`);
  if (matches.length === 0) throw new CurlUsageError(`option ${arg}: is unknown`);
  if (matches.length > 1) throw new CurlUsageError(`option ${arg}: is ambiguous`);
  return take(matches[0]!, arg, next, found);
}

function cluster(arg: string, next: string | undefined, found: [string, string][]): number {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at]!;
    const option = OPTIONS.find(([, short]) => short === letter);
    if (!option) throw new CurlUsageError(NOT_BUILT_IN.has(letter) ? `option -${letter}: the installed libcurl version doesn't support this` : `option ${arg}: is unknown`);
    if (option[2] === 'flag') {
      found.push([option[0], '']);
      continue;
    }
    const glued = arg.slice(at + 1);
    take(option, `-${letter}`, glued || next, found);
    return glued ? 0 : 1;
  }
  return 0;
}

function take([name, , kind]: (typeof OPTIONS)[number], shown: string, value: string | undefined, found: [string, string][]): number {
  if (kind === 'flag') {
    found.push([name, '']);
    return 0;
  }
  if (value === undefined) throw new CurlUsageError(`option ${shown}: requires parameter`);
  if (kind !== 'text' && !/^-?\d+(\.\d+)?$/.test(value)) throw new CurlUsageError(`option ${shown}: expected a proper numerical parameter`);
  found.push([name, value]);
  return 1;
}

/** `@file` is read; `-d` drops line ends, `--data-binary` keeps them, `--data-raw` takes the `@` as it stands. */
function dataOf(name: string, value: string, readFile: (path: string) => string): string {
  if (!value.startsWith('@') || name === 'data-raw') return value;
  const content = readFile(value.slice(1));
  return name === 'data-binary' ? content : content.replaceAll(/[\r\n\0]/g, '');
}
