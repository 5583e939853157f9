/**
 * The text form of the tables: what iptables-save prints and iptables-restore reads. kube-proxy, Felix and flanneld speak
 * it, as the real ones do. See iptables/iptables-restore.c, xshared.c; printed as by v1.8.9 (nf_tables).
 */
import { NetError } from '../../net/errors.ts';
import { RuleSyntaxError } from '../../net/netfilter/extension.ts';
import type { TableName } from '../../net/netfilter/hooks.ts';
import type { Netfilter } from '../../net/netfilter/netfilter.ts';
import { parseRules } from '../../net/netfilter/parse.ts';
import type { Rule } from '../../net/netfilter/rule.ts';
import type { Chain, Table } from '../../net/netfilter/table.ts';

/** A line that iptables-restore refuses, in its words (without `iptables-restore v1.8.9 …`). */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';

  constructor(
    message: string,
    /** Counted from 1. */
    readonly line: number,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

export interface RestoreOptions {
  /** Leave chains that the text does not declare as they are; declared ones are emptied all the same. */
  readonly noFlush: boolean;
}

/** Load the text. Nothing of a table changes when one of its lines is wrong. @throws RestoreError */
export function restore(netfilter: Netfilter, text: string, options: RestoreOptions): void {
  let table: Table | undefined;
  let pending: (() => void)[] = [];
  const declared = new Set<string>();
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const fail = (message: string, exitCode = 2): never => {
      throw new RestoreError(message, index + 1, exitCode);
    };
    if (line.startsWith('*')) {
      table = netfilter.table(line.slice(1)) ?? fail(`iptables-restore: unable to initialize table '${line.slice(1)}'\n`, 1);
      pending = [];
      declared.clear();
      const target = table;
      if (!options.noFlush) pending.push(() => clear(target));
    } else if (!table) fail(`iptables-restore: no command specified`);
    else if (line === 'COMMIT') {
      commit(pending, index + 1);
      table = undefined;
    } else if (line.startsWith(':')) {
      pending.push(declare(table, line, fail));
      declared.add(line.slice(1).split(' ')[0]!);
    } else pending.push(command(table, line, declared, fail));
  });
}

function commit(steps: readonly (() => void)[], line: number): void {
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      if (error instanceof NetError) throw new RestoreError(error.message, line, error.code === 'ENOENT' ? 1 : 4);
      throw error;
    }
  }
}

function clear(table: Table): void {
  table.flush();
  for (const chain of table.chains.list()) if (!chain.builtin) table.deleteChain(chain.name);
}

/** `:KUBE-SERVICES - [0:0]` */
function declare(table: Table, line: string, fail: (message: string) => never): () => void {
  const match = /^:(\S+)\s+(\S+)(?:\s+\[(\d+):(\d+)\])?$/.exec(line);
  const [, name, policy, packets, bytes] = match ?? fail('iptables-restore: policy invalid');
  if (policy !== '-' && policy !== 'ACCEPT' && policy !== 'DROP') fail(`Can't set policy '${policy}' on '${name}' line`);
  return () => {
    if (!table.chains.get(name!)) table.addChain(name!);
    else if (!table.chains.get(name!)!.builtin) table.flush(name);
    const chain = table.require(name!);
    if (policy === 'ACCEPT' || policy === 'DROP') table.setPolicy(name!, policy);
    chain.counters.packets = Number(packets ?? 0);
    chain.counters.bytes = Number(bytes ?? 0);
  };
}

/** `-A`, `-I`, `-D`, `-F`, `-X`, `-N`, `-P` lines, with counters before them when they were saved with `-c`. */
function command(table: Table, line: string, declared: ReadonlySet<string>, fail: (message: string, exitCode?: number) => never): () => void {
  const counted = /^\[(\d+):(\d+)\]\s+(.*)$/.exec(line);
  const words = splitWords(counted ? counted[3]! : line);
  const [verb, chain, ...rest] = words;
  if (!verb?.startsWith('-') || chain === undefined) fail(`Bad argument \`${verb ?? ''}'`);
  const rules = (args: readonly string[]): readonly Rule[] => {
    try {
      return parseRules(args, { table: table.name as TableName, chainExists: (name) => declared.has(name) || (table.chains.get(name) !== undefined && !table.chains.get(name)!.builtin) });
    } catch (error) {
      if (error instanceof RuleSyntaxError) return fail(error.message, error.exitCode);
      throw error;
    }
  };
  const number = /^\d+$/.test(rest[0] ?? '') ? Number(rest[0]) : undefined;
  switch (verb) {
    case '-A':
    case '--append': {
      const parsed = rules(rest);
      return () => {
        for (const rule of parsed) {
          if (counted) Object.assign(rule.counters, { packets: Number(counted[1]), bytes: Number(counted[2]) });
          table.append(chain!, rule);
        }
      };
    }
    case '-I':
    case '--insert': {
      const parsed = rules(number === undefined ? rest : rest.slice(1));
      return () => [...parsed].reverse().forEach((rule) => table.insert(chain!, number ?? 1, rule));
    }
    case '-D':
    case '--delete': {
      if (number !== undefined && rest.length === 1) return () => table.delete(chain!, number);
      const parsed = rules(rest);
      return () => parsed.forEach((rule) => table.delete(chain!, rule));
    }
    case '-F':
      return () => table.flush(chain);
    case '-X':
      return () => table.deleteChain(chain!);
    case '-N':
      return () => table.addChain(chain!);
    case '-P':
      return () => table.setPolicy(chain!, rest[0] as 'ACCEPT' | 'DROP');
    default:
      return fail(`unknown option "${verb}"`);
  }
}

/** Words as iptables-restore splits them: double quotes group, a backslash keeps the next character. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (char === '\\' && quoted && i + 1 < line.length) word = (word ?? '') + line[++i]!;
    else if ((char === ' ' || char === '\t') && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  return word === undefined ? words : [...words, word];
}

export interface SaveOptions {
  /** Rule counters before each rule (`-c`). */
  readonly counters?: boolean;
  /** One table only (`-t`). */
  readonly table?: string;
  /** The date in the comments, as `Sat Nov 21 05:53:16 2026`. */
  readonly date: string;
}

/** What iptables-save prints: tables that hold something, built-in chains first, the others by name. */
export function save(netfilter: Netfilter, options: SaveOptions): string {
  return ['raw', 'mangle', 'filter', 'nat']
    .filter((name) => (options.table === undefined ? !isUntouched(netfilter.table(name)!) : name === options.table))
    .map((name) => saveTable(netfilter.table(name)!, options))
    .join('');
}

function isUntouched(table: Table): boolean {
  return table.chains.list().every((chain) => chain.builtin && chain.rules.length === 0 && chain.policy === 'ACCEPT');
}

function saveTable(table: Table, options: SaveOptions): string {
  const chains = table.chains.list();
  const counted = (rule: Rule) => (options.counters ? `[${rule.counters.packets}:${rule.counters.bytes}] ` : '');
  return [
    `# Generated by iptables-save v1.8.9 (nf_tables) on ${options.date}`,
    `*${table.name}`,
    ...chains.map((chain) => `:${chain.name} ${chain.policy ?? '-'} [${chain.counters.packets}:${chain.counters.bytes}]`),
    ...chains.flatMap((chain: Chain) => chain.rules.map((rule) => `${counted(rule)}-A ${chain.name} ${rule.save()}`.trimEnd())),
    'COMMIT',
    `# Completed on ${options.date}`,
    '',
  ].join('\n');
}
