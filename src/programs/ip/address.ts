/** `ip address`: list, add, delete, flush. See ip-address(8); ip/ipaddress.c. */
import { broadcastOf, contains, parseCidr, printCidr, type Cidr } from '../../base/address.ts';
import type { AddressOptions, InterfaceAddress, Scope } from '../../net/addresses.ts';
import type { Device } from '../../net/device/device.ts';
import { NetError } from '../../net/errors.ts';
import { addressWords, deviceJson, deviceLines, fullName } from './device-lines.ts';
import { readSelection, selected, type Selection } from './link.ts';
import { abbreviated, address, garbage, IpError, json, netlink, prefix, requireDevice, requireRight, requireRightToFlush, type IpContext, type Words } from './words.ts';

const COMMANDS = ['add', 'change', 'replace', 'delete', 'show', 'lst', 'list', 'flush', 'help'] as const;

export async function addresses(words: Words, context: IpContext): Promise<void> {
  const word = words.done ? 'show' : words.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'add':
    case 'change':
    case 'replace':
      return modify(words, context, word.startsWith('a') ? 'add' : 'replace');
    case 'delete':
      return modify(words, context, 'delete');
    case 'show':
    case 'lst':
    case 'list':
      return show(words, context);
    case 'flush':
      return flush(words, context);
    case 'help':
      throw new IpError(HELP, 255);
    case undefined:
      throw new IpError(`Command "${word}" is unknown, try "ip address help".`, 255);
  }
}

interface Filter extends Selection {
  scope?: Scope;
  to?: Cidr;
  /** Behind the first of its network, or not. */
  secondary?: boolean;
  label?: RegExp;
}

function readFilter(words: Words, context: IpContext): Filter {
  const extra: Pick<Filter, 'scope' | 'to' | 'secondary' | 'label'> = {};
  const selection = readSelection(words, context.ns, (word) => {
    if (word === 'scope') extra.scope = scopeOf(words.next());
    else if (word === 'to') extra.to = prefix(words.next());
    else if (word === 'primary' || word === 'secondary') extra.secondary = word === 'secondary';
    else if (word === 'label') extra.label = new RegExp(`^${words.next().replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`);
    else return false;
    return true;
  });
  return { ...selection, ...extra };
}

function matching(context: IpContext, device: Device, filter: Filter): readonly InterfaceAddress[] {
  if (context.flags.family === 6) return [];
  const fits = (entry: InterfaceAddress) => (filter.scope === undefined || entry.scope === filter.scope) && (filter.to === undefined || contains(filter.to, entry.address.address)) && (filter.secondary === undefined || (entry.secondary ?? false) === filter.secondary) && (filter.label?.test(entry.label ?? entry.device) ?? true);
  const found = context.ns.addresses(device.name).filter(fits);
  // The kernel keeps secondary addresses behind all others, and those before them by scope, the narrowest first (__inet_insert_ifa).
  const narrowness = ({ scope }: InterfaceAddress) => ['host', 'link', 'global'].indexOf(scope);
  return [...found.filter(({ secondary }) => !secondary).toSorted((a, b) => narrowness(a) - narrowness(b)), ...found.filter(({ secondary }) => secondary)];
}

async function show(words: Words, context: IpContext): Promise<void> {
  const { flags, print, ns } = context;
  const filter = readFilter(words, context);
  // A filter on addresses hides devices that have none of them.
  const narrow = flags.family !== undefined || filter.scope !== undefined || filter.to !== undefined || filter.secondary === true || filter.label !== undefined;
  const shown = selected(ns, filter)
    .map((device) => ({ device, entries: matching(context, device, filter) }))
    .filter(({ entries }) => !narrow || entries.length > 0);
  if (flags.json) return print(json(shown.map(({ device, entries }) => deviceJson(device, context, entries)), flags));
  for (const { device, entries } of shown) {
    if (flags.brief) await print(`${fullName(device).padEnd(16)} ${device.operState.padEnd(14)} ${entries.map((entry) => `${entry.peer ? `${entry.address.address} peer ${printCidr(entry.peer)}` : printCidr(entry.address)} `).join('')}\n`);
    else if (flags.oneline) await print(entries.map((entry) => `${device.index}: ${device.name}    ${addressWords(entry)}\\       valid_lft forever preferred_lft forever\n`).join(''));
    else await print(`${filter.label ? '' : `${deviceLines(device, context, filter.to ? 'address-alone' : 'address')}\n`}${entries.map((entry) => `    ${addressWords(entry)}\n       valid_lft forever preferred_lft forever\n`).join('')}`);
  }
}

async function modify(words: Words, context: IpContext, what: 'add' | 'replace' | 'delete'): Promise<void> {
  const { ns } = context;
  let local: Cidr | undefined;
  let device: string | undefined;
  let broadcast: string | undefined;
  let wildcard = false;
  const options: { scope?: Scope; label?: string; peer?: Cidr } = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') device = words.next();
    else if (word === 'broadcast' || word === 'brd') broadcast = words.next();
    else if (word === 'scope') options.scope = scopeOf(words.next());
    else if (word === 'label') options.label = words.next();
    else if (word === 'peer' || word === 'remote') options.peer = prefix(words.next());
    else if (word === 'local' || local === undefined) {
      const text = word === 'local' ? words.next() : word;
      local = parseCidr(text);
      wildcard = !text.includes('/');
      if (!local) throw new IpError(`Error: any valid prefix is expected rather than "${text}".`, 1);
    } else throw garbage('local', word);
  }
  if (device === undefined) throw new IpError('Not enough information: "dev" argument is required.', 1);
  requireDevice(ns, device);
  if (!local) throw new IpError('RTNETLINK answers: Operation not supported', 2);
  const chosen = { device, local };
  if (what === 'delete') return remove(context, chosen, wildcard);
  const brd = broadcastAddress(broadcast, local);
  requireRight(context);
  const loopback = ns.devices.get(device)?.kind === 'loopback' ? ({ scope: 'host' } as const) : {};
  const all: AddressOptions = { ...loopback, ...options, ...(brd ? { broadcast: brd } : {}) };
  try {
    ns.addAddress(device, local, all);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    if (error.code === 'EEXIST' && what === 'replace') return;
    throw error.code === 'EEXIST' ? new IpError('Error: ipv4: Address already assigned.', 2) : error;
  }
}

/** Without a length any address that begins so goes, under protest. */
async function remove(context: IpContext, { device, local }: { readonly device: string; readonly local: Cidr }, wildcard: boolean): Promise<void> {
  if (wildcard && local.prefix === 32) {
    await context.process.stderr.write(`Warning: Executing wildcard deletion to stay compatible with old scripts.\n         Explicitly specify the prefix length (${local.address}/32) to avoid this warning.\n         This special behaviour is likely to disappear in further releases,\n         fix your scripts!\n`);
  }
  const found = wildcard ? context.ns.addresses(device).find(({ address: one }) => one.address === local.address)?.address : undefined;
  return netlink(context, () => context.ns.deleteAddress(device, found ?? local));
}

/** `brd +` computes it. */
function broadcastAddress(text: string | undefined, local: Cidr): ReturnType<typeof broadcastOf> | undefined {
  if (text === undefined || text === '-') return undefined;
  return text === '+' ? broadcastOf(local) : address(text);
}

function flush(words: Words, context: IpContext): void {
  const filter = readFilter(words, context);
  if (filter.device === undefined && filter.scope === undefined && filter.to === undefined) throw new IpError('Flush requires arguments.', 1);
  requireRightToFlush(context);
  for (const device of selected(context.ns, filter)) {
    for (let entry = matching(context, device, filter)[0]; entry; entry = matching(context, device, filter)[0]) context.ns.deleteAddress(device.name, entry.address);
  }
}

export function scopeOf(word: string, complaint = 'invalid scope value.'): Scope {
  if (word === 'global' || word === 'link' || word === 'host') return word;
  const numbered: Readonly<Record<string, Scope>> = { '0': 'global', '253': 'link', '254': 'host' };
  if (numbered[word]) return numbered[word];
  throw new IpError(`Error: argument "${word}" is wrong: ${complaint}`, 255);
}


const HELP = `Usage: ip address {add|change|replace} IFADDR dev IFNAME
       ip address del IFADDR dev IFNAME
       ip address flush [ dev IFNAME ] [ scope SCOPE-ID ] [ to PREFIX ]
       ip address [ show [ dev IFNAME ] [ scope SCOPE-ID ] [ master DEVICE ]
                         [ type TYPE ] [ to PREFIX ] [up] ]
IFADDR := PREFIX | ADDR peer PREFIX
          [ broadcast ADDR ] [ label IFNAME ] [ scope SCOPE-ID ]
SCOPE-ID := [ host | link | global | NUMBER ]`;
