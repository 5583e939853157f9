/**
 * Reads a rule from iptables' arguments, as getopt and the extensions of iptables would: an option belongs to the match
 * or target loaded last that knows it. See iptables(8), libxtables/xtables.c.
 */
import { ANY, type Cidr, fromNumber, maskOf, networkOf, parseCidr, parseIpv4 } from '../../base/address.ts';
import { type BuildContext, type Given, type Kind, type Match, type OptionSpec, parseNumber, RuleSyntaxError, type Target } from './extension.ts';
import type { TableName } from './hooks.ts';
import { matchKinds } from './matches/index.ts';
import { type Negatable, Rule, type RuleAction, type RuleHeader } from './rule.ts';
import { targetKinds } from './targets/index.ts';

/** What a rule may refer to. */
export interface ParseContext {
  readonly table: TableName;
  /** User chains; jumping to a built-in one is refused. */
  chainExists(name: string): boolean;
  /** Without it every set is taken to exist. */
  setExists?(name: string): boolean;
  /** Users and groups by name; without it only numbers are known. */
  idOf?(what: 'user' | 'group', name: string): number | undefined;
  /** The built-in chain that the rule is for, where the command names one. */
  readonly chain?: string;
}

interface Loaded<T> {
  readonly kind: Kind<T>;
  readonly given: Given[];
}

interface Draft {
  sources: Negatable<Cidr>[];
  destinations: Negatable<Cidr>[];
  header: { -readonly [K in keyof RuleHeader]: RuleHeader[K] };
  matches: Loaded<Match>[];
  target: Loaded<Target> | undefined;
  jump: string | undefined;
  goto: string | undefined;
}

/** One rule. @throws RuleSyntaxError, also when several addresses make it several rules */
export function parseRule(args: readonly string[], context: ParseContext): Rule {
  return parseRules(args, context)[0]!;
}

/** `-s a,b -d c,d` are four rules. @throws RuleSyntaxError */
export function parseRules(args: readonly string[], context: ParseContext): readonly Rule[] {
  const draft = readArguments(args, context);
  refuseDevices(draft.header, context.chain);
  const protocol = draft.header.protocol && !draft.header.protocol.negated ? draft.header.protocol.value : undefined;
  const building: BuildContext = { table: context.table, protocol, setExists: (name) => context.setExists?.(name) ?? true, idOf: context.idOf && ((what, name) => context.idOf?.(what, name)) };
  const build = () => ({ matches: draft.matches.map(({ kind, given }) => kind.build(given, building)), action: buildAction(draft, building) });
  const none = [undefined];
  const rules: Rule[] = [];
  for (const source of draft.sources.length > 0 ? draft.sources : none) {
    for (const destination of draft.destinations.length > 0 ? draft.destinations : none) {
      const header = { ...draft.header, ...(isAll(source) ? {} : { source: source! }), ...(isAll(destination) ? {} : { destination: destination! }) };
      const { matches, action } = build();
      rules.push(new Rule(header, matches, action));
    }
  }
  return rules;
}

/** Nothing has come in at a device yet in OUTPUT, and nothing is about to leave by one in INPUT. */
function refuseDevices({ inDevice, outDevice }: RuleHeader, chain: string | undefined): void {
  if (outDevice && (chain === 'PREROUTING' || chain === 'INPUT')) throw new RuleSyntaxError(`Can't use -o with ${chain}\n`);
  if (inDevice && (chain === 'POSTROUTING' || chain === 'OUTPUT')) throw new RuleSyntaxError(`Can't use -i with ${chain}\n`);
}

/** Everything is not a condition, and iptables-save does not print it. */
const isAll = (network: Negatable<Cidr> | undefined) => !network || (network.value.prefix === 0 && !network.negated);

function buildAction(draft: Draft, context: BuildContext): RuleAction {
  if (draft.goto !== undefined) return { kind: 'goto', chain: draft.goto };
  if (draft.jump !== undefined) return { kind: 'jump', chain: draft.jump };
  if (!draft.target) return { kind: 'none' };
  if (context.table === 'nat' && draft.target.kind.name === 'DROP') {
    throw new RuleSyntaxError('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n', 2, true);
  }
  return { kind: 'target', target: draft.target.kind.build(draft.target.given, context) };
}

const HEADER_OPTIONS: Readonly<Record<string, string>> = {
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--protocol': '-p',
  '--proto': '-p',
  '--match': '-m',
  '--jump': '-j',
  '--goto': '-g',
};

function readArguments(args: readonly string[], context: ParseContext): Draft {
  const draft: Draft = { sources: [], destinations: [], header: {}, matches: [], target: undefined, jump: undefined, goto: undefined };
  const words = args.flatMap((word) => (/^-[sdiopmjg]./.test(word) ? [word.slice(0, 2), word.slice(2)] : /^--[^=]+=/.test(word) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word]));
  let negated = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '!') {
      if (negated) throw new RuleSyntaxError('multiple consecutive ! not allowed');
      negated = true;
      continue;
    }
    const option = HEADER_OPTIONS[word] ?? (word.startsWith('--') ? abbreviatedHeader(draft, word) : word);
    if (/^-[sdiopmjg]$/.test(option)) {
      const value = words[++i];
      if (value === undefined) throw new RuleSyntaxError(`option "${word}" requires an argument`);
      readHeaderOption(draft, option, value, negated, context);
    } else if (word === '-f' || word === '--fragments') draft.header.fragment = { negated };
    else if (word.startsWith('--')) i += readExtensionOption(draft, word, words.slice(i + 1), negated);
    else if (word.startsWith('-')) throw new RuleSyntaxError(`unknown option "${word}"`);
    else throw new RuleSyntaxError(`Bad argument \`${word}'`);
    negated = false;
  }
  return draft;
}

/** getopt takes the beginning of a long option for all of it, as long as no other begins so. */
function abbreviatedHeader(draft: Draft, word: string): string {
  const fits = new Set(Object.keys(HEADER_OPTIONS).filter((name) => name.startsWith(word)).map((name) => HEADER_OPTIONS[name]!));
  return fits.size === 1 && !ownerOf(draft, word.slice(2)) ? [...fits][0]! : word;
}

function readHeaderOption(draft: Draft, option: string, value: string, negated: boolean, context: ParseContext): void {
  switch (option) {
    case '-s':
      draft.sources = value.split(',').map((text) => ({ value: parseNetwork(text), negated }));
      if (negated && draft.sources.length > 1) throw new RuleSyntaxError('! not allowed with multiple source or destination IP addresses');
      return;
    case '-d':
      draft.destinations = value.split(',').map((text) => ({ value: parseNetwork(text), negated }));
      if (negated && draft.destinations.length > 1) throw new RuleSyntaxError('! not allowed with multiple source or destination IP addresses');
      return;
    case '-i':
      if (value.length > 15) throw new RuleSyntaxError(`interface name \`${value}' must be shorter than IFNAMSIZ (15)`);
      draft.header.inDevice = { value, negated };
      return;
    case '-o':
      if (value.length > 15) throw new RuleSyntaxError(`interface name \`${value}' must be shorter than IFNAMSIZ (15)`);
      draft.header.outDevice = { value, negated };
      return;
    case '-p': {
      const protocol = parseProtocol(value);
      if (protocol === 'all' && negated) throw new RuleSyntaxError('rule would never match protocol');
      if (protocol !== 'all') draft.header.protocol = { value: protocol, negated };
      return;
    }
    case '-m': {
      if (negated) throw new RuleSyntaxError('unexpected ! flag before --match');
      const kind = matchKinds.find(({ name }) => name === value);
      if (!kind) throw new RuleSyntaxError(`Couldn't load match \`${value}':No such file or directory\n`);
      draft.matches.push({ kind, given: [] });
      return;
    }
    case '-g':
      if (!context.chainExists(value)) throw new RuleSyntaxError(`Chain '${value}' does not exist`);
      draft.goto = value;
      return;
    case '-j':
      readJump(draft, value, context);
  }
}

function readJump(draft: Draft, value: string, context: ParseContext): void {
  const kind = targetKinds.find(({ name }) => name === value);
  if (kind) draft.target = { kind, given: [] };
  else if (context.chainExists(value)) draft.jump = value;
  else throw new RuleSyntaxError(`Chain '${value}' does not exist`);
}

/** @returns how many words it took behind itself */
function readExtensionOption(draft: Draft, word: string, rest: readonly string[], negated: boolean): number {
  const option = word.slice(2);
  const owner = ownerOf(draft, option);
  if (!owner) throw new RuleSyntaxError(`unknown option "${word}"`);
  const { name, spec } = resolve(owner.kind.options, option)!;
  const count = spec === 'optional' ? (rest[0] !== undefined && !rest[0].startsWith('-') && rest[0] !== '!' ? 1 : 0) : spec;
  const values = rest.slice(0, count);
  if (values.length < count) throw new RuleSyntaxError(`option "${word}" requires an argument`);
  owner.given.push({ option: name, values, negated });
  return count;
}

function ownerOf(draft: Draft, option: string): Loaded<Match> | Loaded<Target> | undefined {
  if (draft.target && resolve(draft.target.kind.options, option)) return draft.target;
  const match = draft.matches.findLast(({ kind }) => resolve(kind.options, option));
  if (match) return match;
  // `-p tcp --dport 80` loads the match of the protocol by itself.
  const implicit = matchKinds.find(({ name }) => name === draft.header.protocol?.value);
  if (!implicit || !resolve(implicit.options, option)) return undefined;
  const loaded: Loaded<Match> = { kind: implicit, given: [] };
  draft.matches.push(loaded);
  return loaded;
}

function resolve(options: Readonly<Record<string, OptionSpec>>, option: string): { readonly name: string; readonly spec: 0 | 1 | 2 | 'optional' } | undefined {
  const began = options[option] === undefined ? Object.keys(options).filter((name) => name.startsWith(option)) : [option];
  const [name] = began;
  if (name === undefined || began.length > 1) return undefined;
  const spec = options[name]!;
  return typeof spec === 'object' ? resolve(options, spec.same) : { name, spec };
}

/** `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or one address; the host part is cut off. */
function parseNetwork(text: string): Cidr {
  const [address = '', mask] = text.split('/');
  // With an empty mask the address does not matter: `any/0`.
  const parsed = mask === '0' || mask === '0.0.0.0' ? ANY : parseIpv4(address);
  if (!parsed) throw new RuleSyntaxError(`host/network \`${address}' not found`);
  if (mask === undefined) return { address: parsed, prefix: 32 };
  const dotted = parseIpv4(mask);
  const prefix = dotted ? Array.from({ length: 33 }, (_, index) => index).find((index) => fromNumber(maskOf(index)) === dotted) : parseCidr(`${parsed}/${mask}`)?.prefix;
  if (prefix === undefined) throw new RuleSyntaxError(`invalid mask \`${mask}' specified`);
  return { address: networkOf({ address: parsed, prefix }), prefix };
}

const NAMES: Readonly<Record<string, string>> = { '0': 'all', '1': 'icmp', '4': 'ipencap', ipip: 'ipencap', '6': 'tcp', '17': 'udp', '132': 'sctp', '47': 'gre', '50': 'esp', '2': 'igmp', '89': 'ospf', '112': 'vrrp' };
const PROTOCOLS: ReadonlySet<string> = new Set([...Object.values(NAMES), 'udplite', 'icmpv6', 'ipv6-icmp', 'ah', 'dccp']);

function parseProtocol(text: string): string {
  const lower = text.toLowerCase();
  const name = NAMES[lower] ?? lower;
  if (PROTOCOLS.has(name)) return name;
  if (parseNumber(lower, 255) !== undefined) return lower;
  throw new RuleSyntaxError(`unknown protocol "${text}" specified`);
}
