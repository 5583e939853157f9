/** `ip route`: list, get, add, replace, delete, flush. See ip-route(8); ip/iproute.c. */
import { contains, isMulticast, printCidr, type Cidr, type Ipv4 } from '../../base/address.ts';
import type { Scope } from '../../net/addresses.ts';
import type { Route, RouteSpec, RouteType } from '../../net/routes.ts';
import { scopeOf } from './address.ts';
import { readNextHops } from './next-hops.ts';
import { abbreviated, address, garbage, invalidArgument, IpError, json, netlink, number, prefix, requireDevice, requireRightToFlush, type IpContext, type Words } from './words.ts';

const COMMANDS = ['list', 'show', 'lst', 'get', 'add', 'change', 'replace', 'append', 'delete', 'flush', 'help'] as const;
const TYPES: readonly RouteType[] = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit', 'throw'];
const PROTOCOLS: Readonly<Record<string, string>> = { '2': 'kernel', '3': 'boot', '4': 'static', '12': 'bird', '16': 'dhcp', '186': 'bgp' };
const NAMED = new Set([...Object.values(PROTOCOLS), 'ra', 'zebra', 'ospf', 'redirect']);

export async function routes(words: Words, context: IpContext): Promise<void> {
  const word = words.done ? 'show' : words.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'list':
    case 'show':
    case 'lst':
      return show(words, context);
    case 'get':
      return get(words, context);
    case 'add':
      return modify(words, context, 'add');
    case 'append':
      return modify(words, context, 'append');
    case 'change':
    case 'replace':
      return modify(words, context, word.startsWith('c') ? 'change' : 'replace');
    case 'delete':
      return modify(words, context, 'delete');
    case 'flush':
      return flush(words, context);
    case 'help':
      throw new IpError(HELP, 255);
    case undefined:
      throw new IpError(`Command "${word}" is unknown, try "ip route help".`, 255);
  }
}

interface Filter {
  table?: string | number;
  device?: string;
  via?: Ipv4;
  protocol?: string;
  type?: RouteType;
  scope?: Scope;
  exact?: Cidr;
  root?: Cidr;
  match?: Cidr;
}

function readFilter(words: Words, { ns }: IpContext): Filter {
  const filter: Filter = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'table') filter.table = tableOf(words.next());
    else if (word === 'dev' || word === 'oif') {
      filter.device = words.next();
      requireDevice(ns, filter.device);
    } else if (word === 'via') filter.via = address(words.next());
    else if (word === 'proto' || word === 'protocol') filter.protocol = protocolOf(words.next());
    else if (word === 'scope') filter.scope = scopeOf(words.next(), 'invalid "scope"\n');
    else if (word === 'type') filter.type = words.next() as RouteType;
    else if (word === 'root') filter.root = prefix(words.next());
    else if (word === 'match') filter.match = prefix(words.next());
    else if (word === 'exact' || word === 'to') filter.exact = prefix(words.next());
    else filter.exact = prefix(word);
  }
  return filter;
}

function fits(route: Route, filter: Filter): boolean {
  const same = (a: Cidr, b: Cidr) => a.prefix === b.prefix && a.address === b.address;
  return (
    (filter.device === undefined || route.device === filter.device) && (filter.via === undefined || route.via === filter.via) &&
    (filter.protocol === undefined || route.protocol === filter.protocol) && (filter.type === undefined || route.type === filter.type) &&
    (filter.scope === undefined || route.scope === filter.scope) && (filter.exact === undefined || same(route.destination, filter.exact)) &&
    (filter.root === undefined || (route.destination.prefix >= filter.root.prefix && contains(filter.root, route.destination.address))) &&
    (filter.match === undefined || (route.destination.prefix <= filter.match.prefix && contains(route.destination, filter.match.address)))
  );
}

async function show(words: Words, context: IpContext): Promise<void> {
  const { ns, flags, print } = context;
  const filter = readFilter(words, context);
  if (flags.family === 6) return;
  const table = filter.table ?? 'main';
  const all = ns.routes.list(table);
  if (all.length === 0 && typeof table === 'number') throw new IpError('Error: ipv4: FIB table does not exist.\nDump terminated', 2);
  const found = (table === 'all' ? mainFirst(all) : all).filter((route) => fits(route, filter));
  if (flags.json) return print(json(found.map((route) => routeJson(route, filter)), flags));
  for (const route of found) await print(`${routeLine(route, filter, flags.details)}\n`);
}

/** `table all` begins with the main one. */
const mainFirst = (all: readonly Route[]) => [...all.filter((route) => route.table === 'main'), ...all.filter((route) => route.table !== 'main' && route.table !== 'local'), ...all.filter((route) => route.table === 'local')];

/** What the filter already says is left out; a blank follows every word, as in the original. */
export function routeLine(route: Route, filter: Filter = {}, details = false): string {
  const words: string[] = [];
  if (route.type !== 'unicast' || details) words.push(route.type);
  words.push(destinationText(route.destination));
  if (route.via && filter.via === undefined) words.push('via', route.via);
  // The loopback device of a blackhole is the kernel's business.
  if (route.device && filter.device === undefined) words.push('dev', route.device);
  if (route.table !== 'main' && filter.table === 'all') words.push('table', String(route.table));
  if ((route.protocol !== 'boot' || details) && filter.protocol === undefined) words.push('proto', route.protocol);
  if ((route.scope !== 'global' || details) && filter.scope === undefined) words.push('scope', route.scope);
  if (route.source) words.push('src', route.source);
  if (route.metric !== 0) words.push('metric', String(route.metric));
  if (route.mtu) words.push('mtu', String(route.mtu));
  if (route.onlink) words.push('onlink');
  const hops = (route.nextHops ?? []).map((hop) => `\n\tnexthop ${hop.via ? `via ${hop.via} ` : ''}dev ${hop.device} weight ${hop.weight} ${hop.onlink ? 'onlink ' : ''}`);
  return `${words.join(' ')} ${hops.join('')}`;
}

function routeJson(route: Route, filter: Filter): Record<string, unknown> {
  return {
    ...(route.type === 'unicast' ? {} : { type: route.type }), dst: destinationText(route.destination), ...(route.via ? { gateway: route.via } : {}),
    ...(route.device ? { dev: route.device } : {}), ...(filter.table === 'all' && route.table !== 'main' ? { table: String(route.table) } : {}),
    ...(route.protocol === 'boot' ? {} : { protocol: route.protocol }), ...(route.scope === 'global' ? {} : { scope: route.scope }),
    ...(route.source ? { prefsrc: route.source } : {}), ...(route.metric ? { metric: route.metric } : {}), flags: route.onlink ? ['onlink'] : [],
    ...(route.nextHops ? { nexthops: route.nextHops.map((hop) => ({ ...(hop.via ? { gateway: hop.via } : {}), dev: hop.device, weight: hop.weight, flags: hop.onlink ? ['onlink'] : [] })) } : {}),
  };
}

const destinationText = (destination: Cidr) => (destination.prefix === 0 ? 'default' : destination.prefix === 32 ? destination.address : printCidr(destination));

async function get(words: Words, { ns, print, flags }: IpContext): Promise<void> {
  let destination: Ipv4 | undefined;
  let from: Ipv4 | undefined;
  let iif: string | undefined;
  let oif: string | undefined;
  let mark: number | undefined;
  while (!words.done) {
    const word = words.next();
    if (word === 'from') from = prefix(words.next()).address;
    else if (word === 'iif') requireDevice(ns, (iif = words.next()));
    else if (word === 'oif' || word === 'dev') requireDevice(ns, (oif = words.next()));
    else if (word === 'mark') mark = number(words.next(), 'Invalid "mark" value\n');
    else if (destination === undefined || word === 'to') destination = prefix(word === 'to' ? words.next() : word).address;
    else throw garbage('to', word);
  }
  if (destination === undefined) throw new IpError('need at least a destination address', 1);
  const answer = ns.routes.lookup(destination, { source: from, inDevice: iif, outDevice: oif, mark });
  if (answer.kind === 'unreachable') {
    const words2 = { 'no-route': 'Network is unreachable', blackhole: 'Invalid argument', unreachable: 'No route to host', prohibit: 'Permission denied' }[answer.reason];
    throw new IpError(`RTNETLINK answers: ${words2}`, 2);
  }
  const { route, device, nextHop } = answer;
  const local = route.type === 'local';
  // To many: `broadcast` and `multicast` are words of the answer, whatever route led there.
  const many = isMulticast(destination) ? 'multicast' : route.type === 'broadcast' ? 'broadcast' : undefined;
  const kind = local ? 'local' : many;
  const heard = many === 'broadcast' || (many === 'multicast' && ns.inGroup(destination, device));
  const kept = [...(local || heard ? ['local'] : []), ...(many === 'broadcast' ? ['brd'] : many === 'multicast' ? ['mc'] : [])];
  if (flags.json) {
    return print(json([{ ...(kind ? { type: kind } : {}), dst: destination, ...(nextHop === destination ? {} : { gateway: nextHop }), dev: device.name, prefsrc: answer.source, flags: [], uid: 0, cache: kept }], flags));
  }
  const parts = [
    ...(kind ? [kind] : []), destination, ...(from === undefined ? [] : ['from', from]), ...(nextHop === destination || local ? [] : ['via', nextHop]), 'dev', device.name,
    ...(from === undefined ? ['src', answer.source] : []), ...(mark === undefined ? [] : ['mark', String(mark)]), 'uid', '0',
  ];
  const cache = [...(kept.length > 0 ? [`<${kept.join(',')}>`] : []), ...(iif === undefined ? [] : ['iif', iif])];
  return print(`${parts.join(' ')} \n    cache ${cache.map((word) => `${word} `).join('')}\n`);
}

function modify(words: Words, context: IpContext, what: 'add' | 'append' | 'change' | 'replace' | 'delete'): void {
  const { ns } = context;
  if (words.done) throw new IpError(HELP, 255);
  const spec: { destination?: Cidr } & Partial<Record<keyof Route, unknown>> = {};
  if (TYPES.includes(words.peek() as RouteType)) spec.type = words.next();
  while (!words.done) {
    const word = words.next();
    if (word === 'via') {
      words.take('inet');
      spec.via = address(words.next());
    } else if (word === 'dev' || word === 'oif') spec.device = words.next();
    else if (word === 'src') spec.source = address(words.next());
    else if (word === 'metric' || word === 'priority' || word === 'preference') spec.metric = number(words.next(), '"metric" value is invalid');
    else if (word === 'table') spec.table = tableOf(words.next(), '"table" value is invalid');
    else if (word === 'proto' || word === 'protocol') spec.protocol = protocolOf(words.next(), '"protocol" value is invalid');
    else if (word === 'scope') spec.scope = scopeOf(words.next(), 'invalid "scope" value\n');
    else if (word === 'mtu') spec.mtu = number(words.next(), '"mtu" value is invalid');
    else if (word === 'onlink') spec.onlink = true;
    else if (word === 'nexthop') spec.nextHops = readNextHops(words, context);
    else if (word === 'to' || spec.destination === undefined) spec.destination = prefix(word === 'to' ? words.next() : word);
    else throw garbage('to', word);
  }
  if (typeof spec.device === 'string') requireDevice(ns, spec.device);
  const destination = spec.destination ?? prefix('default');
  const route = { ...spec, destination } as RouteSpec;
  netlink(context, () => {
    if (what === 'delete') ns.routes.delete(route);
    else if (what === 'replace' || what === 'change') ns.routes.replace(route, what);
    else ns.routes.add(route, what);
  });
}

function flush(words: Words, context: IpContext): void {
  const { ns } = context;
  if (words.done) throw new IpError('"ip route flush" requires arguments.', 1);
  if (words.take('cache')) return;
  const filter = readFilter(words, context);
  const table = filter.table ?? 'main';
  const doomed = ns.routes.list(table).filter((route) => fits(route, filter));
  if (doomed.length === 0 && typeof table === 'number') throw new IpError('Error: ipv4: FIB table does not exist.\nFlush terminated', 2);
  if (doomed.length > 0) requireRightToFlush(context);
  ns.routes.removeWhere((route) => doomed.includes(route));
}

export function tableOf(word: string, complaint = 'table id value is invalid'): string | number {
  if (['main', 'local', 'default', 'all'].includes(word)) return word;
  if (!/^\d+$/.test(word)) throw invalidArgument(word, complaint);
  return { 253: 'default', 254: 'main', 255: 'local' }[Number(word)] ?? Number(word);
}

function protocolOf(word: string, complaint = 'invalid "protocol"'): string {
  if (NAMED.has(word)) return word;
  if (!/^\d+$/.test(word)) throw invalidArgument(word, complaint);
  return PROTOCOLS[word] ?? word;
}

const HELP = `Usage: ip route { list | flush } SELECTOR
       ip route get ADDRESS [ from ADDRESS iif STRING ]
                            [ oif STRING ] [ mark NUMBER ]
       ip route { add | del | change | append | replace } ROUTE
SELECTOR := [ root PREFIX ] [ match PREFIX ] [ exact PREFIX ]
            [ table TABLE_ID ] [ proto RTPROTO ]
            [ type TYPE ] [ scope SCOPE ]
ROUTE := [ TYPE ] PREFIX [ table TABLE_ID ] [ proto RTPROTO ]
             [ scope SCOPE ] [ metric METRIC ] [ via ADDRESS ]
             [ dev STRING ] [ src ADDRESS ] [ mtu NUMBER ] [ onlink ]
             [ nexthop [ via ADDRESS ] [ dev STRING ] [ weight NUMBER ] ]...
TYPE := { unicast | local | broadcast | throw |
          unreachable | prohibit | blackhole }
TABLE_ID := [ local | main | default | all | NUMBER ]
SCOPE := [ host | link | global | NUMBER ]
RTPROTO := [ kernel | boot | static | NUMBER ]`;
