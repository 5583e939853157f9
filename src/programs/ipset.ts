/**
 * ipset: the sets that rules ask. Words and exit codes of ipset 7.17. See ipset(8).
 * Differs from Linux: sizes in memory are estimates, and sets have neither counters nor comments.
 */
import { mayAdministerNetwork } from '../machine/capabilities.ts';
import { broadcastOf, contains, fromNumber, networkOf, parseCidr, parseIpv4, toNumber } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import { readAll } from '../machine/streams.ts';
import { NetError } from '../net/errors.ts';
import { type IpSet, SET_TYPES, type SetEntry, type SetOptions } from '../net/netfilter/ipset.ts';
import { refuse } from './usage.ts';

const COMMANDS: Readonly<Record<string, string>> = {
  create: 'create', '-N': 'create', n: 'create', add: 'add', '-A': 'add', del: 'del', '-D': 'del', test: 'test', '-T': 'test', destroy: 'destroy', '-X': 'destroy', x: 'destroy', flush: 'flush', '-F': 'flush',
  list: 'list', '-L': 'list', save: 'save', '-S': 'save', restore: 'restore', '-R': 'restore', rename: 'rename', '-E': 'rename', e: 'rename', swap: 'swap', '-W': 'swap', w: 'swap', version: 'version', '-V': 'version', '--version': 'version',
};
const NO_SET = 'The set with the given name does not exist';

/** What follows `ipset v7.17: `, with the exit code. */
class IpsetError extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }
}

export const ipset: Program = {
  name: 'ipset',
  async run(process) {
    if (!mayAdministerNetwork(process)) return refuse(process, 1, "ipset v7.17: Kernel error received: Operation not permitted");
    try {
      return await runLine(process, process.argv.slice(1));
    } catch (error) {
      if (error instanceof IpsetError) return refuse(process, error.code, `ipset v7.17: ${error.message}${error.code === 2 ? "\nTry `ipset help' for more information." : ''}`);
      if (error instanceof NetError) return refuse(process, 1, `ipset v7.17: ${error.message}`);
      throw error;
    }
  },
};

async function runLine(process: Process, args: readonly string[]): Promise<number> {
  const long: Readonly<Record<string, string>> = { '-exist': '!', '-!': '!', '--exist': '!', '-name': 'n', '-n': 'n', '--name': 'n', '-terse': 't', '-t': 't', '--terse': 't', '-quiet': 'q', '-q': 'q', '--quiet': 'q' };
  const flags = new Set(args.flatMap((arg) => (long[arg] === undefined ? [] : [long[arg]])));
  const [word, ...rest] = args.filter((arg) => long[arg] === undefined);
  if (word === undefined) throw new IpsetError('No command specified.', 2);
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word]! : undefined;
  if (command === undefined) throw new IpsetError(`No command specified: unknown argument ${word}`, 2);
  const missing = () => new IpsetError(`Missing mandatory argument to command ${command}`, 2);
  const { sets } = process.netns.netfilter;
  const [name, ...more] = rest;
  switch (command) {
    case 'version': await process.stdout.write('ipset v7.17, protocol version: 7\n'); return 0;
    case 'create': {
      if (name === undefined || more[0] === undefined) throw missing();
      if (!(SET_TYPES as readonly string[]).includes(more[0])) throw new IpsetError(`Syntax error: typename '${more[0]}' is unknown`);
      const options = readSetOptions(more[0], more.slice(1));
      if (!(flags.has('!') && sets.get(name)?.type === more[0])) sets.create(name, more[0], options);
      return 0;
    }
    case 'add':
    case 'del':
    case 'test': {
      if (name === undefined || more[0] === undefined) throw missing();
      return await element(process, command, required(process, name), more, flags);
    }
    case 'destroy':
    case 'flush': {
      const chosen = name === undefined ? sets.list() : [required(process, name)];
      const used = command === 'destroy' ? chosen.find((set) => references(process, set.name) > 0) : undefined;
      if (used) throw new IpsetError('Set cannot be destroyed: it is in use by a kernel component');
      for (const set of chosen) if (command === 'destroy') sets.destroy(set.name);
      else set.flush();
      return 0;
    }
    case 'rename': {
      if (name === undefined || more[0] === undefined) throw missing();
      const set = required(process, name);
      if (sets.get(more[0])) throw new IpsetError('Set cannot be renamed: a set with the new name already exists');
      if (references(process, name) > 0) throw new IpsetError('Set cannot be renamed: it is in use by another system');
      sets.rename(set.name, more[0]);
      return 0;
    }
    case 'swap': {
      if (name === undefined || more[0] === undefined) throw missing();
      if (required(process, name).type !== required(process, more[0]).type) throw new IpsetError('The sets cannot be swapped: their type does not match');
      sets.swap(name, more[0]);
      return 0;
    }
    case 'restore': return await restore(process);
    default: {
      const chosen = name === undefined ? sets.list() : [required(process, name)];
      if (command === 'save') for (const set of chosen) await process.stdout.write(`create ${set.name} ${set.type} ${header(set)}\n${set.list().map((entry) => `add ${set.name} ${member(process, set, entry)}\n`).join('')}`);
      else if (flags.has('n')) for (const set of chosen) await process.stdout.write(`${set.name}\n`);
      else await process.stdout.write(chosen.map((set) => describe(process, set, flags.has('t'))).join('\n'));
      return 0;
    }
  }
}

/** An entry as it is listed and saved: with the seconds that it has left, where the set gives it any. */
function member({ machine }: Process, { options }: IpSet, { text, nomatch, expiresAtMs }: SetEntry): string {
  const left = expiresAtMs === undefined ? 0 : Math.ceil((expiresAtMs - machine.clock.now()) / 1000);
  return `${text}${options.timeoutSeconds === undefined ? '' : ` timeout ${left}`}${nomatch ? ' nomatch' : ''}`;
}

const NUMBERS: Readonly<Record<string, keyof SetOptions>> = { hashsize: 'hashSize', maxelem: 'maxElements', bucketsize: 'bucketSize', timeout: 'timeoutSeconds' };

function readSetOptions(type: string, words: readonly string[]): SetOptions {
  const options: Record<string, unknown> = {};
  for (let i = 0; i < words.length; i += 2) {
    const [name = '', value] = words.slice(i, i + 2);
    const bitmap = type.startsWith('bitmap');
    const known = bitmap ? ['range', 'timeout'] : ['family', 'initval', ...Object.keys(NUMBERS)];
    if (!known.includes(name)) throw new IpsetError(`Unknown argument: \`${name}'`, 2);
    if (value === undefined) throw new IpsetError(`Missing mandatory argument of option \`${name}'`, 2);
    if (name === 'family' && !bitmap && value === 'inet') continue;
    if (name === 'range' && bitmap) {
      const range = value.split('-').map(Number);
      if (range.length !== 2 || range.some((port) => !(port >= 0 && port <= 65_535))) throw new IpsetError(`Syntax error: cannot parse ${value}`);
      options['range'] = range;
    } else if (name === 'initval' && !bitmap) options['initval'] = value;
    else if (NUMBERS[name] !== undefined && (!bitmap || name === 'timeout')) {
      if (!/^\d+$/.test(value)) throw new IpsetError(`Syntax error: '${value}' is invalid as number`);
      options[NUMBERS[name]] = Number(value);
    } else throw new IpsetError(`Unknown argument: \`${name}'`);
  }
  if (type.startsWith('bitmap') && !options['range']) throw new IpsetError('Mandatory option `range\' is missing', 2);
  return options;
}

async function element(process: Process, command: 'add' | 'del' | 'test', set: IpSet, [text = '', ...options]: readonly string[], flags: ReadonlySet<string>): Promise<number> {
  const at = options.indexOf('timeout');
  const timeout = at < 0 ? undefined : options[at + 1];
  const bad = options.find((option, index) => option !== 'nomatch' && (at < 0 || (index !== at && index !== at + 1)));
  if (bad !== undefined) throw new IpsetError(`Unknown argument: \`${bad}'`);
  if (at >= 0 && set.options.timeoutSeconds === undefined) throw new IpsetError("Timeout cannot be used: set was created without timeout support");
  if (at >= 0 && !/^\d+$/.test(timeout ?? '')) throw new IpsetError(timeout === undefined ? "Missing mandatory argument of option `timeout'" : `Syntax error: '${timeout}' is invalid as number`, timeout === undefined ? 2 : 1);
  const parts = set.type.slice(set.type.indexOf(':') + 1).split(',').length;
  if (text.split(',').length < parts) throw new IpsetError(`Syntax error: ${['', 'Second', 'Third'][text.split(',').length]} element is missing from ${text}.`);
  if (command === 'test') {
    const is = set.has(text) || liesWithin(set, text);
    if (!flags.has('q')) await process.stderr.write(is ? `Warning: ${text} is in set ${set.name}.\n` : `${text} is NOT in set ${set.name}.\n`);
    return is ? 0 : 1;
  }
  for (const one of set.type === 'hash:ip' ? addressesOf(text) : [text]) {
    if (command === 'add' && !(flags.has('!') && set.has(one))) set.add(one, { nomatch: options.includes('nomatch'), ...(timeout === undefined ? {} : { timeoutSeconds: Number(timeout) }) });
    if (command === 'del' && !(flags.has('!') && !set.has(one))) set.delete(one);
  }
  return 0;
}

/** A network or `first-last` stands for each of its addresses, where a set holds only those. */
function addressesOf(text: string): readonly string[] {
  const [from = '', to] = text.split('-');
  const network = parseCidr(from);
  const [first, last] = [parseIpv4(from), parseIpv4(to ?? '')];
  const [low, high] = first && last ? [toNumber(first), toNumber(last)] : network && network.prefix < 32 && to === undefined ? [toNumber(networkOf(network)), toNumber(broadcastOf(network))] : [0, -1];
  if (high - low > 65_535) throw new IpsetError('Hash is full, cannot add more elements');
  return high < low ? [text] : Array.from({ length: high - low + 1 }, (_, index) => fromNumber(low + index));
}

/** Whether an address lies in a network of the set: the longest one that holds it decides. */
function liesWithin(set: IpSet, text: string): boolean {
  const address = parseIpv4(text);
  if (set.type !== 'hash:net' || !address) return false;
  const holding = set.list().flatMap((entry) => {
    const network = parseCidr(entry.text);
    return network && contains(network, address) ? [{ prefix: network.prefix, nomatch: entry.nomatch }] : [];
  });
  return holding.sort((a, b) => b.prefix - a.prefix)[0]?.nomatch === false;
}

function required(process: Process, name: string): IpSet {
  const set = process.netns.netfilter.sets.get(name);
  if (!set) throw new IpsetError(NO_SET);
  return set;
}

/** How many rules ask this set. */
function references(process: Process, name: string): number {
  const tables = ['raw', 'mangle', 'nat', 'filter'].flatMap((table) => process.netns.netfilter.table(table) ?? []);
  return tables.flatMap((table) => table.chains.list().flatMap((chain) => chain.rules)).filter((rule) => rule.save().includes(`--match-set ${name} `)).length;
}

function header({ name, type, options }: IpSet): string {
  const timeout = options.timeoutSeconds === undefined ? '' : ` timeout ${options.timeoutSeconds}`;
  if (type === 'bitmap:port') return `range ${(options.range ?? [0, 65_535]).join('-')}${timeout}`;
  let initval = 7;
  for (const letter of name) initval = (Math.imul(initval, 31) + letter.charCodeAt(0)) >>> 0;
  return `family inet hashsize ${options.hashSize ?? 1024} maxelem ${options.maxElements ?? 65_536}${timeout} bucketsize ${options.bucketSize ?? 12} initval ${options.initval ?? `0x${initval.toString(16).padStart(8, '0')}`}`;
}

function describe(process: Process, set: IpSet, terse: boolean): string {
  const bitmap = set.type === 'bitmap:port';
  const size = bitmap ? 8264 : (set.type.includes('net') ? 456 : 200) + set.size * 64;
  const head = `Name: ${set.name}\nType: ${set.type}\nRevision: ${bitmap ? 3 : 7}\nHeader: ${header(set)}\nSize in memory: ${size}\nReferences: ${references(process, set.name)}\nNumber of entries: ${set.size}\n`;
  return terse ? head : `${head}Members:\n${set.list().map((entry) => `${member(process, set, entry)}\n`).join('')}`;
}

async function restore(process: Process): Promise<number> {
  for (const [index, line] of (await readAll(process.stdin)).split('\n').entries()) {
    const words = line.trim().split(/\s+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]!.startsWith('#') || words[0] === 'COMMIT') continue;
    try {
      await runLine(process, words);
    } catch (error) {
      if (!(error instanceof IpsetError || error instanceof NetError)) throw error;
      throw new IpsetError(`Error in line ${index + 1}: ${error.message}`);
    }
  }
  return 0;
}
