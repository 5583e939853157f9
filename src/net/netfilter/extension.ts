/**
 * What a match and a target are: a thing that can be read from iptables' arguments, applied to a packet, and printed
 * back. One file per kind under `matches/` and `targets/`, one line in the registry there. See iptables-extensions(8).
 */
import type { NetNamespace } from '../namespace.ts';
import type { PacketInFlight } from '../in-flight.ts';
import type { DropReason } from '../trace.ts';
import type { HookName, TableName } from './hooks.ts';

/** Where a rule is being applied. */
export interface HookScope {
  readonly namespace: NetNamespace;
  readonly hook: HookName;
}

/** What a target makes of a packet. */
export type RuleOutcome = { readonly verdict: 'continue' | 'accept' | 'return' } | { readonly verdict: 'drop'; readonly reason: DropReason };

/** A condition of a rule. */
export interface Match {
  readonly name: string;
  matches(flight: PacketInFlight, scope: HookScope): boolean;
  /** As `iptables-save` prints it, `-m name` included, one word per element and without quotes. */
  toArgs(): readonly string[];
  /** As `iptables -L` prints it, with names for numbers unless `-n`; empty when there is nothing to say. */
  list(numeric: boolean): string;
  /** The line of `iptables-save`, when it is not just the arguments with blanks between. */
  save?(): string;
  readonly usesConntrack?: boolean;
  /** Where the kernel takes it; elsewhere it says EINVAL. */
  readonly tables?: readonly TableName[];
  readonly hooks?: readonly HookName[];
}

/** What a rule does. */
export interface Target {
  readonly name: string;
  apply(flight: PacketInFlight, scope: HookScope): RuleOutcome;
  /** What follows `-j NAME`. */
  toArgs(): readonly string[];
  list(numeric: boolean): string;
  save?(): string;
  /** The name in `iptables -L`, when that is another one. */
  readonly listName?: string;
  readonly usesConntrack?: boolean;
  /** Where the kernel takes it; elsewhere it says EINVAL. */
  readonly tables?: readonly TableName[];
  readonly hooks?: readonly HookName[];
  /** What `-p` must say for the kernel to take it. */
  readonly protocol?: string;
}

/** An option as it stood on the command line. */
export interface Given {
  readonly option: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

/** What a rule's parser knows when it builds a match or a target. */
export interface BuildContext {
  readonly table: TableName;
  /** Of `-p`, unless that is negated. */
  readonly protocol: string | undefined;
  readonly setExists: (name: string) => boolean;
  /** The number of a user or a group of this machine. */
  readonly idOf: ((what: 'user' | 'group', name: string) => number | undefined) | undefined;
}

/** How many words an option takes, `optional` for at most one, or the name of the option it is another spelling of. */
export type OptionSpec = 0 | 1 | 2 | 'optional' | { readonly same: string };

/** How a match or a target is read from arguments. */
export interface Kind<T> {
  readonly name: string;
  /** By name, without the two dashes. */
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** @throws RuleSyntaxError */
  build(given: readonly Given[], context: BuildContext): T;
}

/** For the registry of matches. */
export type MatchKind = Kind<Match>;
/** For the registry of targets. */
export type TargetKind = Kind<Target>;

/** On to the next rule. */
export const CONTINUE: RuleOutcome = { verdict: 'continue' };
/** No further rule of this table is asked. */
export const ACCEPT: RuleOutcome = { verdict: 'accept' };
/** Back to the calling chain. */
export const RETURN: RuleOutcome = { verdict: 'return' };

/** iptables does not understand. `message` is what it prints after `iptables v1.8.9 (nf_tables): `; `hint` says whether "Try `iptables -h'…" follows. */
export class RuleSyntaxError extends Error {
  override readonly name = 'RuleSyntaxError';
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 2,
    readonly hint = true,
  ) {
    super(message);
  }
}

/** The last use of an option. */
export function given(all: readonly Given[], option: string): Given | undefined {
  return all.findLast((one) => one.option === option);
}

/** `! --name value`, or nothing when the option was not given. */
export function printGiven(one: Given | undefined, value?: string): readonly string[] {
  if (!one) return [];
  return [...(one.negated ? ['!'] : []), `--${one.option}`, ...(value === undefined ? one.values : [value])];
}

/** As xtables_save_string writes it: quoted unless it is all letters, digits, dashes and underscores. */
export function quote(text: string): string {
  return /^[-_0-9a-zA-Z]+$/.test(text) ? text : `"${text.replace(/["\\']/g, '\\$&')}"`;
}

/** A number in decimal, octal or hexadecimal as strtoul reads it, within limits. */
export function parseNumber(text: string, maximum = 0xffffffff): number | undefined {
  const isNumber = /^(0x[0-9a-f]+|\d+)$/i.test(text);
  const value = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return isNumber && value <= maximum ? value : undefined;
}

/** As iptables prints marks. */
export const hex = (value: number): string => `0x${value.toString(16)}`;
