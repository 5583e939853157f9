/** `curl -w`: a format with variables. Knows only the facts of a finished transfer. See curl.1, "--write-out". */
import type { Ipv4 } from '../../base/address.ts';

export interface TransferFacts {
  httpCode: number;
  contentType: string;
  sizeDownload: number;
  sizeUpload: number;
  redirects: number;
  redirectUrl: string;
  effectiveUrl: string;
  givenUrl: string;
  method: string;
  remote?: { readonly address: Ipv4; readonly port: number };
  local?: { readonly address: Ipv4; readonly port: number };
  exitCode: number;
  errorMessage: string;
  /** Milliseconds since the transfer began. */
  nameMs: number;
  connectMs: number;
  firstByteMs: number;
  totalMs: number;
}

const seconds = (ms: number) => (ms / 1000).toFixed(6);

const VARIABLES: Readonly<Record<string, (facts: TransferFacts) => string>> = {
  http_code: (facts) => String(facts.httpCode).padStart(3, '0'),
  response_code: (facts) => String(facts.httpCode).padStart(3, '0'),
  content_type: (facts) => facts.contentType,
  size_download: (facts) => String(facts.sizeDownload),
  size_upload: (facts) => String(facts.sizeUpload),
  speed_download: (facts) => String(facts.totalMs > 0 ? Math.floor((facts.sizeDownload * 1000) / facts.totalMs) : 0),
  num_redirects: (facts) => String(facts.redirects),
  redirect_url: (facts) => facts.redirectUrl,
  url_effective: (facts) => facts.effectiveUrl,
  url: (facts) => facts.givenUrl,
  method: (facts) => facts.method,
  scheme: () => 'HTTP',
  http_version: (facts) => (facts.httpCode ? '1.1' : '0'),
  remote_ip: (facts) => facts.remote?.address ?? '',
  remote_port: (facts) => String(facts.remote?.port ?? 0),
  local_ip: (facts) => facts.local?.address ?? '',
  local_port: (facts) => String(facts.local?.port ?? 0),
  exitcode: (facts) => String(facts.exitCode),
  errormsg: (facts) => facts.errorMessage,
  time_namelookup: (facts) => seconds(facts.nameMs),
  time_connect: (facts) => seconds(facts.connectMs),
  time_appconnect: () => seconds(0),
  time_pretransfer: (facts) => seconds(facts.connectMs),
  time_starttransfer: (facts) => seconds(facts.firstByteMs),
  time_redirect: () => seconds(0),
  time_total: (facts) => seconds(facts.totalMs),
};

/** The text, and the names in it that curl does not know. */
export function writeOut(format: string, facts: TransferFacts): { readonly text: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const text = format.replaceAll(/%\{([^}]*)\}|%%|\\([nrt\\])/g, (_, name: string | undefined, escape: string | undefined) => {
    if (escape) return { n: '\n', r: '\r', t: '\t', '\\': '\\' }[escape]!;
    if (name === undefined) return '%';
    const variable = VARIABLES[name];
    if (!variable) unknown.push(name);
    return variable ? variable(facts) : '';
  });
  return { text, unknown };
}
