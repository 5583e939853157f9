/**
 * Rules read from arguments print back as iptables v1.8.9 prints them, and what it refuses is refused in its words.
 * The recordings are of a real kube-proxy and of a real iptables in a network namespace of its own.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NetError } from '../../src/net/errors.ts';
import { RuleSyntaxError } from '../../src/net/netfilter/extension.ts';
import type { TableName } from '../../src/net/netfilter/hooks.ts';
import { matchKinds } from '../../src/net/netfilter/matches/index.ts';
import { parseRules } from '../../src/net/netfilter/parse.ts';
import type { Rule } from '../../src/net/netfilter/rule.ts';
import { Table } from '../../src/net/netfilter/table.ts';
import { targetKinds } from '../../src/net/netfilter/targets/index.ts';
import { splitWords } from './support.ts';

interface Row {
  readonly table: TableName;
  readonly chain: string;
  readonly args: string;
  readonly save?: readonly string[];
  readonly list?: readonly string[];
  readonly code?: number;
  readonly stderr?: string;
}

const read = (path: string) => readFileSync(new URL(`../recorded/${path}`, import.meta.url), 'utf8');
const recording = read('kube-proxy/iptables-save.txt').split('\n');
const rows = JSON.parse(read('iptables/rules.json')) as readonly Row[];
const isRow = (row: Row) => !row.args.includes('nfacct');

function parse(args: readonly string[], table: TableName, isChain: (name: string) => boolean = (name) => name === 'USERCHAIN', chain = 'FORWARD'): readonly Rule[] {
  return parseRules(args, { table, chain, chainExists: isChain, setExists: (name) => name !== 'nosuch' });
}

test('every rule of a real kube-proxy prints back as it was', () => {
  let table: TableName = 'filter';
  const chains = new Set(recording.flatMap((line) => /^:(\S+) - /.exec(line)?.[1] ?? []));
  let count = 0;
  for (const line of recording) {
    if (line.startsWith('*')) table = line.slice(1) as TableName;
    if (!line.startsWith('-A ')) continue;
    count++;
    const [, chain, ...args] = splitWords(line);
    expect(parse(args, table, (name) => chains.has(name)).map((rule) => `-A ${chain} ${rule.save()}`)).toEqual([line]);
  }
  expect(count).toBeGreaterThan(100);
});

test.each(rows.filter((row) => row.save && isRow(row)))('$args is printed as iptables prints it', ({ table, chain, args, save, list }) => {
  const rules = parse(shellWords(args), table);
  expect(rules.map((rule) => `-A ${chain} ${rule.save()}`)).toEqual(save);
  const column = (rule: Rule) => (rule.header.destination ? rule.header.destination.value.address : '0.0.0.0/0').padEnd(20);
  expect(rules.map((rule) => column(rule) + rule.describe())).toEqual(list!.map((line) => /--\s+\S+\s+\S+\s+\S+\s+(\S.*)$/.exec(line)![1]));
});

test.each(rows.filter((row) => row.code === 2 && isRow(row)))('$args is refused as iptables refuses it', ({ table, chain, args, stderr }) => {
  const message = stderr!.replace('iptables v1.8.9 (nf_tables): ', '').replace("Try `iptables -h' or 'iptables --help' for more information.\n", '').replace(/\n$/, '');
  let refusal: unknown;
  try {
    parse(shellWords(args), table, undefined, chain);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(RuleSyntaxError);
  expect((refusal as RuleSyntaxError).message).toBe(message);
});

test.each(rows.filter((row) => row.code === 4 && isRow(row)))('$args is refused by the kernel', ({ table, chain, args }) => {
  const [rule] = parse(shellWords(args), table);
  expect(() => new Table(table, () => undefined).append(chain, rule!)).toThrow(new NetError('EINVAL'));
});

test('every match and every target has a recorded row', () => {
  const printed = new Set([...rows.flatMap((row) => row.save ?? []), ...recording].flatMap((line) => [...line.matchAll(/-[mj] (\S+)/g)].map((match) => match[1]!)));
  expect([...matchKinds, ...targetKinds].map(({ name }) => name).filter((name) => !printed.has(name))).toEqual(['set', 'SET']);
});

test('what a rule prints, read again, prints the same', () => {
  const printed = rows.flatMap((row) => (row.save ?? []).map((line) => ({ table: row.table, words: splitWords(line).slice(2) })));
  const conditions = printed.map(({ words }) => words.slice(0, Math.max(0, words.findIndex((word) => word === '-j' || word === '-g')))).filter((words) => !words.some((word) => word === '-p' || /^-[sdio]$/.test(word)));
  const targets = printed.map(({ table, words }) => ({ table, words: words.slice(Math.max(0, words.findIndex((word) => word === '-j' || word === '-g'))) })).filter(({ words }) => words[0]?.startsWith('-'));
  fc.assert(
    fc.property(fc.subarray(conditions, { maxLength: 4 }), fc.constantFrom(...targets), fc.boolean(), (parts, target, negated) => {
      const words = [...(negated ? ['!'] : []), '-s', '10.0.0.0/8', '-p', 'tcp', ...parts.flat(), ...target.words];
      const [rule] = parse(words, target.table);
      const [again] = parse(splitWords(rule!.save()), target.table);
      const [third] = parse(rule!.toArgs(), target.table);
      expect(again!.save()).toBe(rule!.save());
      expect(third!.save()).toBe(rule!.save());
    }),
    { numRuns: 200 },
  );
});

/** Words as a shell would split the recorded arguments: double quotes group, a backslash keeps the next character. */
function shellWords(args: string): string[] {
  return splitWords(args);
}
