/**
 * One rule: what it is for, what it wants, what it does, and how often it was met. Parsing is in `parse.ts`.
 */
import { type Cidr, contains, printCidr } from '../../base/address.ts';
import type { PacketInFlight } from '../in-flight.ts';
import { isLaterFragment, sizeOf } from '../packet.ts';
import type { HookScope, Match, Target } from './extension.ts';
import type { HookName, TableName } from './hooks.ts';

/** A condition that may stand behind a `!`. */
export interface Negatable<T> {
  readonly value: T;
  readonly negated: boolean;
}

/** What needs no extension. */
export interface RuleHeader {
  readonly source?: Negatable<Cidr>;
  readonly destination?: Negatable<Cidr>;
  /** A trailing `+` stands for any name that begins so. */
  readonly inDevice?: Negatable<string>;
  readonly outDevice?: Negatable<string>;
  /** A name, or a number for protocols without one. */
  readonly protocol?: Negatable<string>;
  /** `-f`: fragments behind the first. */
  readonly fragment?: { readonly negated: boolean };
}

/** What follows `-j` or `-g`. */
export type RuleAction =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  /** Counts and goes on. */
  | { readonly kind: 'none' };

/** A rule; its counters are all that changes. */
export class Rule {
  readonly counters = { packets: 0, bytes: 0 };

  constructor(
    readonly header: RuleHeader,
    readonly matches: readonly Match[],
    readonly action: RuleAction,
  ) {}

  get target(): Target | undefined {
    return this.action.kind === 'target' ? this.action.target : undefined;
  }

  /** The word after `-j` or `-g`; empty when there is none. */
  get targetName(): string {
    return this.action.kind === 'target' ? this.action.target.name : this.action.kind === 'none' ? '' : this.action.chain;
  }

  /** The user chain it leads to. */
  get chain(): string | undefined {
    return this.action.kind === 'jump' || this.action.kind === 'goto' ? this.action.chain : undefined;
  }

  get goto(): boolean {
    return this.action.kind === 'goto';
  }

  /** The same rule after the chain it leads to got another name. */
  redirectedTo(chain: string): Rule {
    const rule = new Rule(this.header, this.matches, { kind: this.goto ? 'goto' : 'jump', chain });
    Object.assign(rule.counters, this.counters);
    return rule;
  }

  /** What `iptables -L` prints in the column `target`. */
  get listName(): string {
    return this.target?.listName ?? this.targetName;
  }

  /** What `iptables -L` prints behind the column of destinations, blanks included: `` or ` tcp dpt:80 to:10.0.0.1`. */
  describe(numeric = true): string {
    const words = [...this.matches.map((match) => match.list(numeric)), this.target?.list(numeric) ?? ''].filter((word) => word !== '');
    return (this.goto ? '[goto] ' : '') + words.map((word) => ` ${word}`).join('');
  }

  /** Whether the kernel takes the rule in that table, and at that hook when it is for a built-in chain. */
  allowedIn(table: TableName, hook: HookName | undefined): boolean {
    const { target } = this;
    if (![target, ...this.matches].every((part) => part?.tables?.includes(table) ?? true)) return false;
    if (target?.protocol !== undefined && (this.header.protocol?.value !== target.protocol || this.header.protocol.negated)) return false;
    return hook === undefined || [target, ...this.matches].every((part) => part?.hooks?.includes(hook) ?? true);
  }

  get usesConntrack(): boolean {
    return this.target?.usesConntrack === true || this.matches.some((match) => match.usesConntrack);
  }

  fits(flight: PacketInFlight, scope: HookScope): boolean {
    if (!headerFits(this.header, flight)) return false;
    for (const match of this.matches) if (!match.matches(flight, scope)) return false;
    return true;
  }

  count(flight: PacketInFlight): void {
    this.counters.packets++;
    this.counters.bytes += sizeOf(flight.packet);
  }

  /** As `iptables-save` prints it after `-A CHAIN`, one word per element, without quotes. */
  toArgs(): readonly string[] {
    return [...headerArgs(this.header), ...this.matches.flatMap((match) => match.toArgs()), ...this.#actionArgs()];
  }

  /** The same as one line, quoted as `iptables-save` quotes. */
  save(): string {
    const { action } = this;
    const text = action.kind === 'target' ? action.target.save?.() : undefined;
    const end = text ? ['-j', this.targetName, text] : this.#actionArgs();
    return [...headerArgs(this.header), ...this.matches.map((match) => match.save?.() ?? match.toArgs().join(' ')), ...end].join(' ');
  }

  #actionArgs(): readonly string[] {
    const { action } = this;
    if (action.kind === 'none') return [];
    return action.kind === 'target' ? ['-j', action.target.name, ...action.target.toArgs()] : [action.kind === 'goto' ? '-g' : '-j', action.chain];
  }
}

function headerFits(header: RuleHeader, { packet, inDevice, outDevice }: PacketInFlight): boolean {
  const { source, destination, protocol, fragment } = header;
  if (fragment && isLaterFragment(packet) === fragment.negated) return false;
  if (protocol && (protocol.value === (packet.payload.protocol === 'ipip' ? 'ipencap' : packet.payload.protocol)) === protocol.negated) return false;
  if (destination && contains(destination.value, packet.destination) === destination.negated) return false;
  if (source && contains(source.value, packet.source) === source.negated) return false;
  if (header.inDevice && nameFits(header.inDevice.value, inDevice?.name) === header.inDevice.negated) return false;
  if (header.outDevice && nameFits(header.outDevice.value, outDevice?.name) === header.outDevice.negated) return false;
  return true;
}

/** `cali+` is every name that begins with `cali`. */
export function nameFits(pattern: string, name: string | undefined): boolean {
  if (name === undefined) return pattern === '+';
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function headerArgs({ source, destination, inDevice, outDevice, protocol, fragment }: RuleHeader): readonly string[] {
  const print = (option: string, part: Negatable<string> | undefined) => (part ? [...(part.negated ? ['!'] : []), option, part.value] : []);
  const printNetwork = (option: string, part: Negatable<Cidr> | undefined) => print(option, part && { value: printCidr(part.value), negated: part.negated });
  return [...printNetwork('-s', source), ...printNetwork('-d', destination), ...print('-i', inDevice), ...print('-o', outDevice), ...print('-p', protocol), ...(fragment ? [...(fragment.negated ? ['!'] : []), '-f'] : [])];
}
