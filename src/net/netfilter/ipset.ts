/** Sets of addresses, networks and ports that rules ask with `-m set`. See ipset(8), net/netfilter/ipset. */
import { type Cidr, networkOf, parseCidr, parseIpv4, printCidr } from '../../base/address.ts';
import { NetError } from '../errors.ts';
import { type Ipv4Packet, portsOf } from '../packet.ts';

/** What `ipset create` takes here. */
export const SET_TYPES = ['hash:ip', 'hash:net', 'hash:ip,port', 'hash:ip,port,ip', 'hash:ip,port,net', 'hash:net,net', 'hash:net,port', 'bitmap:port'] as const;
/** One of them. */
export type SetType = (typeof SET_TYPES)[number];

/** One part of an entry, in the order of the type's name. */
type Part = { readonly kind: 'net'; readonly value: Cidr } | { readonly kind: 'port'; readonly protocol: string; readonly value: number };

/** What `ipset create` says besides the type. */
export interface SetOptions {
  readonly hashSize?: number;
  /** More than so many are not taken. */
  readonly maxElements?: number;
  readonly bucketSize?: number;
  readonly initval?: string;
  /** Seconds that an entry stays when it says nothing itself; without it entries stay for ever, and may say nothing. */
  readonly timeoutSeconds?: number;
  /** Of a bitmap: its first and last port. */
  readonly range?: readonly [first: number, last: number];
}

/** A member, with its canonical text. */
export interface SetEntry {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly nomatch: boolean;
  /** When it goes by itself. */
  readonly expiresAtMs?: number;
}

/** One set. */
export class IpSet {
  readonly #entries = new Map<string, SetEntry>();
  /** How many entries there are of each combination of prefix lengths, and the widest last: a look-up asks for each once. */
  readonly #shapes = new Map<string, { readonly prefixes: readonly number[]; count: number }>();

  constructor(
    readonly name: string,
    readonly type: SetType,
    readonly options: SetOptions = {},
    private readonly now: () => number = () => 0,
  ) {}

  /** @throws NetError EEXIST, EINVAL */
  add(text: string, options: { readonly nomatch?: boolean; readonly timeoutSeconds?: number } = {}): void {
    this.#forget();
    const parts = parseParts(this.type, text);
    const canonical = printParts(this.type, parts);
    const [first, last] = this.options.range ?? [0, 65_535];
    if (parts.some((part) => part.kind === 'port' && (part.value < first || part.value > last))) throw new NetError('EINVAL', 'Element is out of the range of the set');
    if (this.#entries.has(canonical)) throw new NetError('EEXIST', "Element cannot be added to the set: it's already added");
    if (this.#entries.size >= (this.options.maxElements ?? 65_536)) throw new NetError('ENOSPC', 'Hash is full, cannot add more elements');
    const seconds = options.timeoutSeconds ?? this.options.timeoutSeconds ?? 0;
    this.#entries.set(canonical, { text: canonical, parts, nomatch: options.nomatch ?? false, ...(seconds > 0 ? { expiresAtMs: this.now() + 1000 * seconds } : {}) });
    const prefixes = prefixesOf(parts);
    const shape = this.#shapes.get(prefixes.join());
    if (shape) shape.count++;
    else this.#shapes.set(prefixes.join(), { prefixes, count: 1 });
  }

  /** @throws NetError ENOENT, EINVAL */
  delete(text: string): void {
    this.#forget();
    const parts = parseParts(this.type, text);
    if (!this.#entries.delete(printParts(this.type, parts))) throw new NetError('ENOENT', "Element cannot be deleted from the set: it's not added");
    const shape = this.#shapes.get(prefixesOf(parts).join());
    if (shape && --shape.count === 0) this.#shapes.delete(prefixesOf(parts).join());
  }

  has(text: string): boolean {
    this.#forget();
    return this.#entries.has(printParts(this.type, parseParts(this.type, text)));
  }

  flush(): void {
    this.#entries.clear();
    this.#shapes.clear();
  }

  list(): readonly SetEntry[] {
    this.#forget();
    return [...this.#entries.values()];
  }

  /** How many entries there are. */
  get size(): number {
    this.#forget();
    return this.#entries.size;
  }

  /** Whose time is over has gone; only sets with a timeout have such entries. */
  #forget(): void {
    if (this.options.timeoutSeconds === undefined) return;
    for (const { text, expiresAtMs } of [...this.#entries.values()]) {
      if (expiresAtMs === undefined || expiresAtMs > this.now()) continue;
      const { parts } = this.#entries.get(text)!;
      this.#entries.delete(text);
      const shape = this.#shapes.get(prefixesOf(parts).join());
      if (shape && --shape.count === 0) this.#shapes.delete(prefixesOf(parts).join());
    }
  }

  /** @param flags `src` or `dst` for each part */
  matches(packet: Ipv4Packet, flags: readonly ('src' | 'dst')[]): boolean {
    this.#forget();
    let best: SetEntry | undefined;
    for (const { prefixes } of this.#shapes.values()) {
      const key = this.#keyOf(packet, flags, prefixes);
      const entry = key === undefined ? undefined : this.#entries.get(key);
      if (entry && (!best || narrower(entry, best))) best = entry;
    }
    return best !== undefined && !best.nomatch;
  }

  /** The text of the entry that would hold the packet, were it in the set; undefined when the packet has no ports. */
  #keyOf(packet: Ipv4Packet, flags: readonly ('src' | 'dst')[], prefixes: readonly number[]): string | undefined {
    const words: string[] = [];
    const names = partNames(this.type);
    let net = 0;
    for (const [index, name] of names.entries()) {
      const side = flags[index] ?? flags.at(-1) ?? 'src';
      if (name === 'port') {
        const ports = portsOf(packet);
        if (!ports) return undefined;
        const port = side === 'src' ? ports.source : ports.destination;
        words.push(this.type === 'bitmap:port' ? String(port) : `${packet.payload.protocol}:${port}`);
        continue;
      }
      const address = side === 'src' ? packet.source : packet.destination;
      const prefix = prefixes[net++]!;
      words.push(prefix === 32 ? address : printCidr({ address: networkOf({ address, prefix }), prefix }));
    }
    return words.join(',');
  }
}

/** The sets of one namespace. */
export class IpSets {
  readonly #sets = new Map<string, IpSet>();

  /** @param now the time by which entries go */
  constructor(private readonly now: () => number = () => 0) {}

  get(name: string): IpSet | undefined {
    return this.#sets.get(name);
  }

  list(): readonly IpSet[] {
    return [...this.#sets.values()];
  }

  /** @throws NetError EEXIST, EINVAL no such type */
  create(name: string, type: string, options: SetOptions = {}): IpSet {
    if (this.#sets.has(name)) throw new NetError('EEXIST', 'Set cannot be created: set with the same name already exists');
    if (!(SET_TYPES as readonly string[]).includes(type)) throw new NetError('EINVAL', `Syntax error: unknown settype ${type}`);
    const set = new IpSet(name, type as SetType, options, this.now);
    this.#sets.set(name, set);
    return set;
  }

  /** Create the set if need be and make `entries` all that is in it, in one step as `ipset restore` and `swap` would. @throws NetError EINVAL */
  replace(name: string, type: SetType, entries: readonly string[], options: SetOptions = {}): IpSet {
    const set = new IpSet(name, type, options, this.now);
    for (const entry of entries) if (!set.has(entry)) set.add(entry);
    this.#sets.set(name, set);
    return set;
  }

  /** @throws NetError ENOENT */
  destroy(name: string): void {
    if (!this.#sets.delete(name)) throw new NetError('ENOENT', 'The set with the given name does not exist');
  }

  /** The content changes places, the names stay. @throws NetError ENOENT */
  swap(a: string, b: string): void {
    const [first, second] = [this.#sets.get(a), this.#sets.get(b)];
    if (!first || !second) throw new NetError('ENOENT', 'The set with the given name does not exist');
    this.#sets.set(a, this.#copied(second, a));
    this.#sets.set(b, this.#copied(first, b));
  }

  /** @throws NetError ENOENT */
  rename(name: string, newName: string): void {
    const set = this.#sets.get(name);
    if (!set) throw new NetError('ENOENT', 'The set with the given name does not exist');
    this.#sets.set(newName, this.#copied(set, newName));
    this.#sets.delete(name);
  }

  #copied(set: IpSet, name: string): IpSet {
    const copy = new IpSet(name, set.type, set.options, this.now);
    for (const { text, nomatch, expiresAtMs } of set.list()) copy.add(text, { nomatch, timeoutSeconds: expiresAtMs === undefined ? 0 : (expiresAtMs - this.now()) / 1000 });
    return copy;
  }
}

function narrower(a: SetEntry, b: SetEntry): boolean {
  const width = (entry: SetEntry) => entry.parts.reduce((sum, part) => sum + (part.kind === 'net' ? part.value.prefix : 0), 0);
  return width(a) > width(b);
}

const prefixesOf = (parts: readonly Part[]): readonly number[] => parts.flatMap((part) => (part.kind === 'net' ? [part.value.prefix] : []));

const partNames = (type: SetType) => type.slice(type.indexOf(':') + 1).split(',');

function parseParts(type: SetType, text: string): readonly Part[] {
  const words = text.split(',');
  const names = partNames(type);
  if (words.length !== names.length) throw new NetError('EINVAL', `Syntax error: cannot parse ${text}`);
  return names.map((name, index): Part => {
    const word = words[index]!;
    if (name === 'port') {
      const [first, second] = word.includes(':') ? word.split(':') : [type === 'bitmap:port' ? '' : 'tcp', word];
      const value = Number(second);
      if (!Number.isInteger(value) || value < 0 || value > 65535) throw new NetError('EINVAL', `Syntax error: cannot parse ${word} as a port`);
      return { kind: 'port', protocol: first ?? '', value };
    }
    const address = parseIpv4(word);
    const network = name === 'net' ? parseCidr(word) : address && { address, prefix: 32 };
    if (!network) throw new NetError('EINVAL', `Syntax error: cannot parse ${word}: resolving to IPv4 address failed`);
    return { kind: 'net', value: { address: networkOf(network), prefix: network.prefix } };
  });
}

function printParts(type: SetType, parts: readonly Part[]): string {
  return parts
    .map((part) => (part.kind === 'net' ? (part.value.prefix === 32 ? part.value.address : printCidr(part.value)) : type === 'bitmap:port' ? String(part.value) : `${part.protocol}:${part.value}`))
    .join(',');
}
