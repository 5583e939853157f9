/**
 * From nginx's directives to servers and locations: what listens where, and which location a request falls into.
 * Knows no sockets. See ngx_http_core_module.html, "listen", "server_name" and "location".
 */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import { ConfigError, type Directive } from './config.ts';

export interface Listen {
  readonly address?: Ipv4;
  readonly port: number;
  readonly isDefault: boolean;
}

export interface Location {
  readonly kind: 'prefix' | 'exact' | 'regex';
  readonly pattern: string;
  readonly regex?: RegExp;
  /** `^~`: no regular expression is tried after this prefix. */
  readonly final: boolean;
  /** Its own directives, then those of the server and of http around it: the first of a name wins. */
  readonly scope: Scope;
}

export interface Site {
  readonly listens: readonly Listen[];
  readonly names: readonly string[];
  readonly locations: readonly Location[];
  readonly scope: Scope;
}

/** The servers of an `upstream` block, by its name. */
export type Upstreams = ReadonlyMap<string, readonly string[]>;

/** Directives in force, inner before outer. */
export class Scope {
  constructor(private readonly layers: readonly (readonly Directive[])[]) {}

  within(block: readonly Directive[]): Scope {
    return new Scope([block, ...this.layers]);
  }

  /** The innermost directive of that name. */
  find(name: string): Directive | undefined {
    for (const layer of this.layers) {
      const found = layer.findLast((directive) => directive.name === name);
      if (found) return found;
    }
    return undefined;
  }

  /** All of that name in the innermost block that has any. */
  all(name: string): readonly Directive[] {
    for (const layer of this.layers) {
      const found = layer.filter((directive) => directive.name === name);
      if (found.length > 0) return found;
    }
    return [];
  }

  /** Only in the block itself: `return` and `proxy_pass` are not inherited. */
  own(name: string): Directive | undefined {
    return this.layers[0]?.find((directive) => directive.name === name);
  }
}

/** @throws ConfigError */
export function readSites(config: readonly Directive[]): { readonly sites: readonly Site[]; readonly upstreams: Upstreams } {
  if (!config.some((directive) => directive.name === 'events')) throw new ConfigError(`no "events" section in configuration`);
  const http = config.find((directive) => directive.name === 'http');
  const outer = new Scope([config]).within(http?.block ?? []);
  const upstreams = new Map<string, readonly string[]>();
  for (const { name, args, block } of http?.block ?? []) {
    if (name === 'upstream') upstreams.set(args[0] ?? '', (block ?? []).filter((directive) => directive.name === 'server').map((directive) => directive.args[0]!));
  }
  const sites = (http?.block ?? []).filter((directive) => directive.name === 'server').map((directive) => readSite(directive, outer));
  return { sites, upstreams };
}

function readSite(directive: Directive, outer: Scope): Site {
  const block = directive.block ?? [];
  const scope = outer.within(block);
  const listens = block.filter(({ name }) => name === 'listen').flatMap(readListen);
  const any = block.some(({ name }) => name === 'listen');
  return {
    listens: any ? listens : [{ port: 80, isDefault: false }],
    names: block.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args),
    locations: block.filter(({ name }) => name === 'location').map((location) => readLocation(location, scope)),
    scope,
  };
}

/** IPv6 sockets are read and left alone: the simulated network has only IPv4. */
function readListen(directive: Directive): readonly Listen[] {
  const [where = '', ...words] = directive.args;
  if (where.startsWith('[')) return [];
  const [first, second] = where.split(':');
  const portText = second ?? (/^\d+$/.test(first!) ? first! : '80');
  const port = Number(portText);
  const place = `${directive.file}:${directive.line}`;
  if (!/^\d+$/.test(portText) || port < 1 || port > 65535) throw new ConfigError(`invalid port in "${where}" of the "listen" directive in ${place}`);
  if (words.includes('ssl') || words.includes('quic')) throw new ConfigError(`the "${words.find((word) => word === 'ssl' || word === 'quic')}" parameter requires ngx_http_ssl_module in ${place}`);
  const isDefault = words.includes('default_server') || words.includes('default');
  const host = second === undefined && /^\d+$/.test(first!) ? '*' : first!;
  const address = parseIpv4(host === 'localhost' ? '127.0.0.1' : host);
  if (host !== '*' && !address) throw new ConfigError(`host not found in "${where}" of the "listen" directive in ${place}`);
  return [{ port, isDefault, ...(address && address !== '0.0.0.0' ? { address } : {}) }];
}

function readLocation(directive: Directive, outer: Scope): Location {
  const [first = '', second] = directive.args;
  const modifier = second === undefined ? '' : first;
  const pattern = second ?? first;
  const scope = outer.within(directive.block ?? []);
  switch (modifier) {
    case '':
      return { kind: 'prefix', pattern, final: false, scope };
    case '^~':
      return { kind: 'prefix', pattern, final: true, scope };
    case '=':
      return { kind: 'exact', pattern, final: true, scope };
    case '~':
    case '~*':
      return { kind: 'regex', pattern, regex: new RegExp(pattern, modifier === '~*' ? 'i' : ''), final: true, scope };
    default:
      throw new ConfigError(`invalid location modifier "${modifier}" in ${directive.file}:${directive.line}`);
  }
}

/** The server for a request that came to `address:port` and asks for `host`. */
export function chooseSite(sites: readonly Site[], address: Ipv4, port: number, host: string): Site | undefined {
  const here = sites.filter((site) => site.listens.some((listen) => listen.port === port && (listen.address === undefined || listen.address === address)));
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return (
    here.find((site) => site.names.includes(name)) ??
    here.find((site) => site.names.some((known) => known.startsWith('*.') && name.endsWith(known.slice(1)))) ??
    here.find((site) => site.listens.some((listen) => listen.port === port && listen.isDefault)) ??
    here[0]
  );
}

/** Exact, then `^~`, then the first regular expression, then the longest prefix. */
export function chooseLocation(site: Site, path: string): Location | undefined {
  const exact = site.locations.find((location) => location.kind === 'exact' && location.pattern === path);
  if (exact) return exact;
  const prefix = site.locations
    .filter((location) => location.kind === 'prefix' && path.startsWith(location.pattern))
    .toSorted((a, b) => b.pattern.length - a.pattern.length)[0];
  if (prefix?.final) return prefix;
  return site.locations.find((location) => location.regex?.test(path)) ?? prefix;
}
