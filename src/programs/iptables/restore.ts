/**
 * iptables-save and iptables-restore: whole tables as text, all or nothing. kube-proxy and Calico write through this.
 * See iptables-restore(8); iptables/xtables-restore.c. Messages of 1.8.9 (nf_tables).
 */
import { NetError } from '../../net/errors.ts';
import { RuleSyntaxError } from '../../net/netfilter/extension.ts';
import type { Netfilter } from '../../net/netfilter/netfilter.ts';
import { parseRules } from '../../net/netfilter/parse.ts';
import { Rule } from '../../net/netfilter/rule.ts';
import type { Chain, Table } from '../../net/netfilter/table.ts';

/** Input that iptables-restore refuses: the whole message, and the exit code. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
  constructor(
    message: string,
    readonly line: number,
    readonly exitCode: 1 | 2 | 4,
  ) {
    super(message);
  }
}

export interface RestoreOptions {
  /** Keep what the input does not mention. */
  readonly noFlush: boolean;
  /** Take the counters over from the input. */
  readonly counters?: boolean;
  /** Check only. */
  readonly test?: boolean;
  /** Touch this table only. */
  readonly table?: string;
  /** Rules by their line, for callers that write the same thousands of lines again and again; see `repeated`. */
  readonly cache?: Map<string, Rule>;
}

const TRY = "Try `iptables-restore -h' or 'iptables-restore --help' for more information.";

/** Apply `text`, one table after another; a table whose lines do not all hold stays as it was. @throws RestoreError */
export function restore(netfilter: Netfilter, text: string, options: RestoreOptions): void {
  let open: { readonly table: Table; readonly before: Journal; readonly skipped: boolean } | undefined;
  const lines = text.split('\n');
  for (const [index, raw] of lines.entries()) {
    const number = index + 1;
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('*')) {
      const table = netfilter.table(line.slice(1).trim());
      if (!table) throw new RestoreError(`iptables-restore v1.8.9 (nf_tables): iptables-restore: line ${number} table name '${line.slice(1).trim()}' invalid\nError occurred at line: ${number}\n${TRY}`, number, 2);
      const skipped = options.table !== undefined && options.table !== table.name;
      open = { table, before: new Map(), skipped };
      if (!options.noFlush && !skipped) {
        for (const chain of table.chains.list()) note(table, open.before, chain.name);
        clear(table);
      }
      continue;
    }
    if (!open) throw new RestoreError(`iptables-restore: line ${number} failed`, number, 1);
    if (line === 'COMMIT') {
      if (options.test) putBack(open.table, open.before);
      open = undefined;
      continue;
    }
    if (open.skipped) continue;
    try {
      note(open.table, open.before, chainOf(line));
      if (!repeated(open.table, line, options)) applyLine(netfilter, open.table, line, number, options);
    } catch (error) {
      putBack(open.table, open.before);
      throw error;
    }
  }
  if (open) {
    putBack(open.table, open.before);
    throw new RestoreError(`iptables-restore: COMMIT expected at line ${lines.length}`, lines.length, 1);
  }
}

function applyLine(netfilter: Netfilter, table: Table, line: string, number: number, options: RestoreOptions): void {
  if (line.startsWith(':')) return chainLine(table, line, number, options);
  const counted = /^\[(\d+):(\d+)\]\s*(.*)$/.exec(line);
  const [command = '', ...args] = splitWords(counted ? counted[3]! : line);
  try {
    applyCommand(netfilter, table, [command, ...args], { ...(counted && options.counters ? { counters: { packets: Number(counted[1]), bytes: Number(counted[2]) } } : {}), ...(options.cache ? { cache: options.cache, line } : {}) });
  } catch (error) {
    if (error instanceof RuleSyntaxError) {
      const version = error.message.startsWith('Bad argument') ? '' : 'iptables-restore v1.8.9 (nf_tables): ';
      throw new RestoreError(`${version}${error.message}\nError occurred at line: ${number}\n${TRY}`, number, 2);
    }
    if (!(error instanceof NetError)) throw error;
    if (error.code === 'ENOENT') throw new RestoreError(`iptables-restore: line ${number} failed: No chain/target/match by that name.`, number, 1);
    const what = command === '-X' || command === '--delete-chain' ? `CHAIN_DEL failed (${error.message}): chain ${args[0]}` : `RULE_APPEND failed (${error.message}): rule in chain ${args[0]}`;
    throw new RestoreError(`iptables-restore v1.8.9 (nf_tables): \nline ${number}: ${what}`, number, 4);
  }
}

/** `:NAME POLICY [packets:bytes]`. A user chain that is named is emptied, or made. */
function chainLine(table: Table, line: string, number: number, options: RestoreOptions): void {
  const [name = '', policy = '', counters = ''] = line.slice(1).split(/\s+/);
  const present = table.chains.get(name);
  if (policy === '-') {
    if (present?.builtin) return;
    if (present) table.flush(name);
    else table.addChain(name);
    return;
  }
  if (!present?.builtin || (policy !== 'ACCEPT' && policy !== 'DROP')) throw new RestoreError(`iptables-restore: line ${number} failed: Bad built-in chain name.`, number, 1);
  table.setPolicy(name, policy);
  const match = /^\[(\d+):(\d+)\]$/.exec(counters);
  if (match && options.counters) Object.assign(present.counters, { packets: Number(match[1]), bytes: Number(match[2]) });
}

interface CommandOptions {
  readonly counters?: { readonly packets: number; readonly bytes: number };
  readonly cache?: Map<string, Rule>;
  /** The whole line, as the cache knows it. */
  readonly line?: string;
}

function applyCommand(netfilter: Netfilter, table: Table, [command = '', ...args]: readonly string[], { counters, cache, line }: CommandOptions): void {
  const [chain = '', ...rest] = args;
  const rules = (words: readonly string[]): readonly Rule[] => {
    const parsed = parseRules(words, { table: table.name, chain, chainExists: (name) => table.chains.get(name)?.builtin === false, setExists: (name) => netfilter.sets.get(name) !== undefined });
    if (counters) for (const rule of parsed) Object.assign(rule.counters, counters);
    return parsed;
  };
  const position = /^\d+$/.test(rest[0] ?? '') ? Number(rest[0]) : undefined;
  switch (command) {
    case '-A':
    case '--append':
      for (const rule of rules(rest)) {
        table.append(chain, rule);
        if (line !== undefined && cache && !counters && !REMEMBERS.test(line)) cache.set(`${table.name} ${line}`, rule);
      }
      return;
    case '-I':
    case '--insert':
      for (const rule of rules(position === undefined ? rest : rest.slice(1)).toReversed()) table.insert(chain, position ?? 1, rule);
      return;
    case '-R':
    case '--replace':
      return table.replace(chain, position ?? 0, rules(rest.slice(1))[0]!);
    case '-D':
    case '--delete':
      if (position !== undefined && rest.length === 1) return table.delete(chain, position);
      for (const rule of rules(rest)) table.delete(chain, rule);
      return;
    case '-F':
    case '--flush':
      return table.flush(args[0]);
    case '-N':
    case '--new-chain':
      return table.addChain(chain);
    case '-X':
    case '--delete-chain':
      return table.deleteChain(chain);
    case '-P':
    case '--policy':
      return table.setPolicy(chain, rest[0] === 'DROP' ? 'DROP' : 'ACCEPT');
    case '-Z':
    case '--zero':
      return table.zero(args[0]);
    default:
      throw new RuleSyntaxError(command.startsWith('-') ? `unknown option "${command}"` : `Bad argument \`${command}'`);
  }
}

/** What each chain that is touched was before; undefined for one that did not exist. */
type Journal = Map<string, Chain | undefined>;

function note(table: Table, before: Journal, name: string | undefined): void {
  // A command without a chain (`-F`) touches all of them.
  for (const one of name === undefined ? table.chains.list().map((chain) => chain.name) : [name]) {
    if (before.has(one)) continue;
    const chain = table.chains.get(one);
    before.set(one, chain && { ...chain, rules: [...chain.rules], counters: { ...chain.counters } });
  }
}

/** The chain that a line is about: `:NAME …`, or the word after the command. */
const chainOf = (line: string): string | undefined => (line.startsWith(':') ? /^:(\S+)/.exec(line)?.[1] : /^(?:\[\d+:\d+\]\s*)?-\S+\s+"?([^\s"]+)/.exec(line)?.[1]);

function putBack(table: Table, before: Journal): void {
  for (const [name, chain] of before) if (chain) table.putBack(chain);
    else if (table.chains.get(name)) table.flush(name);
  for (const [name, chain] of before) if (!chain && table.chains.get(name)) table.deleteChain(name);
}

/** Matches that remember what passed them: two rules must not share one. */
const REMEMBERS = /-m (limit|statistic --mode nth)|-m statistic .*--every/;

/** An `-A` line that was read before: the same rule with fresh counters, provided that where it leads still exists. */
function repeated(table: Table, line: string, { cache }: RestoreOptions): boolean {
  const known = cache?.get(`${table.name} ${line}`);
  if (!known || (known.chain !== undefined && !table.chains.get(known.chain))) return false;
  table.append(chainOf(line)!, new Rule(known.header, known.matches, known.action));
  return true;
}

function clear(table: Table): void {
  table.flush();
  for (const chain of table.chains.list()) {
    if (!chain.builtin) table.deleteChain(chain.name);
    else table.setPolicy(chain.name, 'ACCEPT');
  }
}

/** The order in which the nft variant prints tables. */
const ORDER = ['mangle', 'raw', 'filter', 'nat'] as const;

export interface SaveOptions {
  readonly counters?: boolean;
  /** Printed in the comments. */
  readonly unixMs?: number;
}

/** Tables as text; without names, those that somebody has used. */
export function save(netfilter: Netfilter, tables?: readonly string[], options: SaveOptions = {}): string {
  const used = (table: Table) => !table.idle || table.chains.list().some((chain) => !chain.builtin);
  const chosen = ORDER.flatMap((name) => {
    const table = netfilter.table(name);
    return table && (tables ? tables.includes(name) : used(table)) ? [table] : [];
  });
  return chosen.map((table) => saveTable(table, options)).join('');
}

function saveTable(table: Table, options: SaveOptions): string {
  const date = printDate(options.unixMs ?? 0);
  const chains = table.chains.list();
  const heads = chains.map((chain) => `:${chain.name} ${chain.builtin ? `${chain.policy} [${chain.counters.packets}:${chain.counters.bytes}]` : '- [0:0]'}\n`);
  const rules = chains.flatMap((chain) =>
    chain.rules.map((rule) => `${options.counters ? `[${rule.counters.packets}:${rule.counters.bytes}] ` : ''}-A ${chain.name}${rule.save() ? ` ${rule.save()}` : ''}\n`),
  );
  return `# Generated by iptables-save v1.8.9 (nf_tables) on ${date}\n*${table.name}\n${heads.join('')}${rules.join('')}COMMIT\n# Completed on ${date}\n`;
}

/** ctime(3): `Sat Nov 21 08:32:49 2026`. */
function printDate(unixMs: number): string {
  const [weekday, day, month, year, time] = new Date(unixMs).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}

/** Words of a line, with double quotes as iptables-save writes them. */
export function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((match) => match[1]?.replaceAll(/\\(.)/g, '$1') ?? match[2] ?? match[3]!);
}
