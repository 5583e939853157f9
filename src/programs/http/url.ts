/** URLs as curl and wget take them from a command line: the scheme may be left out, the port follows from it. RFC 3986. */
import { fromBytes } from '../../base/bytes.ts';

export interface Url {
  readonly scheme: string;
  readonly user?: string;
  readonly host: string;
  readonly port: number;
  /** The port was written, so `Host:` names it. */
  readonly portGiven: boolean;
  /** Path and query, as they go into the request line. */
  readonly target: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 };

/** @returns undefined when there is no host or the port is no port */
export function parseUrl(text: string): Url | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)([^#]*)/i.exec(text);
  const scheme = (match?.[1] ?? 'http').toLowerCase();
  const authority = match?.[2] ?? '';
  const at = authority.lastIndexOf('@');
  const hostPort = authority.slice(at + 1);
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(hostPort);
  if (!parts || parts[1] === '') return undefined;
  const port = parts[2] ? Number(parts[2]) : (DEFAULT_PORTS[scheme] ?? 0);
  if (port > 65535) return undefined;
  const rest = match?.[3] ?? '';
  return {
    scheme,
    ...(at >= 0 ? { user: authority.slice(0, at) } : {}),
    host: parts[1]!,
    port,
    portGiven: Boolean(parts[2]) && port !== DEFAULT_PORTS[scheme],
    target: rest.startsWith('/') ? rest : `/${rest}`,
  };
}

/** As it is printed and sent in `Host:`. */
export const hostHeader = (url: Url): string => (url.portGiven ? `${url.host}:${url.port}` : url.host);

export const printUrl = (url: Url): string => `${url.scheme}://${hostHeader(url)}${url.target}`;

/** Where a `Location:` header leads from `base`. */
export function resolveUrl(base: Url, location: string): Url | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return parseUrl(location);
  if (location.startsWith('//')) return parseUrl(`${base.scheme}:${location}`);
  const directory = base.target.replace(/\?.*/, '').replace(/[^/]*$/, '');
  return { ...base, target: location.startsWith('/') ? location : `${directory}${location}` };
}

/** The last part of the path, without the query: what `curl -O` and `wget` name the file. */
export function remoteName(url: Url): string {
  return url.target.replace(/\?.*/, '').split('/').at(-1) ?? '';
}

/** `%41` to `A`, byte by byte; a stray percent sign stays. */
export function percentDecode(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => fromBytes(Uint8Array.of(Number.parseInt(hex, 16))));
}
