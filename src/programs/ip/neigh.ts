/** `ip neighbor`: the ARP table. See ip-neighbour(8); ip/ipneigh.c. */
import { contains, parseMac, type Cidr, type Ipv4, type Mac } from '../../base/address.ts';
import type { Neighbor, NeighborState } from '../../net/neighbors.ts';
import { abbreviated, address, garbage, IpError, json, netlink, prefix, requireDevice, requireRightToFlush, type IpContext, type Words } from './words.ts';

const COMMANDS = ['add', 'change', 'replace', 'delete', 'get', 'show', 'lst', 'list', 'flush', 'help'] as const;
const STATES: readonly NeighborState[] = ['PERMANENT', 'REACHABLE', 'STALE', 'NOARP', 'INCOMPLETE', 'DELAY', 'PROBE', 'FAILED'];

export async function neighbors(words: Words, context: IpContext): Promise<void> {
  const word = words.done ? 'show' : words.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'add':
    case 'change':
    case 'replace':
      return modify(words, context, word.startsWith('a') ? 'add' : word.startsWith('c') ? 'change' : 'replace');
    case 'delete':
      return modify(words, context, 'delete');
    case 'get':
      return get(words, context);
    case 'show':
    case 'lst':
    case 'list':
      return show(words, context);
    case 'flush':
      return flush(words, context);
    case 'help':
      throw new IpError(HELP, 255);
    case undefined:
      throw new IpError(`Command "${word}" is unknown, try "ip neigh help".`, 255);
  }
}

interface Filter {
  device?: string;
  to?: Cidr;
  state?: NeighborState | 'ALL';
  proxy?: boolean;
}

function readFilter(words: Words, { ns }: IpContext): Filter {
  const filter: Filter = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') {
      filter.device = words.next();
      requireDevice(ns, filter.device);
    } else if (word === 'nud') {
      const text = words.next();
      filter.state = text === 'all' ? 'ALL' : stateOf(text);
    } else if (word === 'proxy') filter.proxy = true;
    else filter.to = prefix(word === 'to' ? words.next() : word);
  }
  return filter;
}

/** NOARP entries are hidden unless asked for. */
const fits = (entry: Neighbor, { device, to, state }: Filter) =>
  (device === undefined || entry.device === device) && (to === undefined || contains(to, entry.address)) && (state === undefined ? entry.state !== 'NOARP' : state === 'ALL' || entry.state === state);

async function show(words: Words, context: IpContext): Promise<void> {
  const { ns, flags, print } = context;
  const filter = readFilter(words, context);
  if (flags.family === 6) return;
  const found = filter.proxy ? ns.neighbors.proxies().filter((entry) => filter.device === undefined || entry.device === filter.device) : ns.neighbors.list().filter((entry) => fits(entry, filter));
  if (flags.json) return print(json(found.map((entry) => ({ dst: entry.address, dev: entry.device, ...(entry.mac ? { lladdr: entry.mac } : {}), state: [entry.state] })), flags));
  for (const entry of found) await print(`${line(entry, filter)}\n`);
}

function line(entry: Neighbor, filter: Filter): string {
  const words: string[] = [entry.address];
  if (filter.device === undefined) words.push('dev', entry.device);
  if (entry.mac) words.push('lladdr', entry.mac);
  words.push(entry.proxy ? 'proxy' : entry.state);
  return `${words.join(' ')} `;
}

async function modify(words: Words, context: IpContext, what: 'add' | 'change' | 'replace' | 'delete'): Promise<void> {
  const { ns } = context;
  let destination: Ipv4 | undefined;
  let mac: Mac | undefined;
  let device: string | undefined;
  let state: NeighborState = 'PERMANENT';
  let proxy = false;
  while (!words.done) {
    const word = words.next();
    if (word === 'lladdr') {
      const text = words.next();
      mac = parseMac(text);
      if (!mac) throw new IpError(`"${text}" is invalid lladdr.`, 1);
    } else if (word === 'dev') device = words.next();
    else if (word === 'nud') state = stateOf(words.next());
    else if (word === 'proxy') {
      proxy = true;
      destination = address(words.next());
    } else if (destination === undefined) destination = address(word === 'to' ? words.next() : word, 'any valid address');
    else throw garbage('to', word);
  }
  if (device === undefined || destination === undefined) throw new IpError('Device and destination are required arguments.', 255);
  requireDevice(ns, device);
  const entry = { destination, device };
  if (proxy) return netlink(context, () => (what === 'delete' ? ns.neighbors.deleteProxy(entry.destination, entry.device) : ns.neighbors.addProxy(entry.destination, entry.device)));
  if (what === 'delete') return netlink(context, () => ns.neighbors.delete(entry.destination, entry.device));
  const known = ns.neighbors.list().find((one) => one.address === entry.destination && one.device === device);
  if (what === 'change' && !known) throw new IpError('RTNETLINK answers: No such file or directory', 2);
  const chosen = mac ?? (what === 'add' ? undefined : known?.mac);
  if (!chosen) throw new IpError('Error: No link layer address given.', 2);
  return netlink(context, () => ns.neighbors[what === 'add' ? 'add' : 'replace'](entry.destination, entry.device, chosen, state));
}

async function get(words: Words, context: IpContext): Promise<void> {
  const filter = readFilter(words, context);
  if (!filter.to || filter.device === undefined) throw new IpError('Device and destination are required arguments.', 255);
  const found = context.ns.neighbors.list().find((entry) => entry.address === filter.to?.address && entry.device === filter.device);
  if (!found) throw new IpError('Error: Neighbour entry not found.', 2);
  await context.print(`${line(found, {})}\n`);
}

function flush(words: Words, context: IpContext): void {
  if (words.done) throw new IpError('Flush requires arguments.', 1);
  requireRightToFlush(context);
  const filter = readFilter(words, context);
  // Entries written by hand stay, unless their state is named.
  for (const entry of context.ns.neighbors.list()) {
    if (fits(entry, filter) && (filter.state !== undefined || entry.state !== 'PERMANENT')) context.ns.neighbors.delete(entry.address, entry.device);
  }
}

function stateOf(word: string): NeighborState {
  const state = STATES.find((known) => known === word.toUpperCase());
  if (!state) throw new IpError(`Error: argument "${word}" is wrong: nud state is bad`, 255);
  return state;
}

const HELP = `Usage: ip neigh { add | del | change | replace }
                { ADDR [ lladdr LLADDR ] [ nud STATE ] proxy ADDR }
                [ dev DEV ]

	ip neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEV ] [ nud STATE ]
	ip neigh get ADDR dev DEV

STATE := { delay | failed | incomplete | noarp |
           permanent | probe | reachable | stale }`;
