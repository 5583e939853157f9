/** Rules read from arguments print back as iptables-save prints them. The recording is of a real kube-proxy. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RuleSyntaxError } from '../../src/net/netfilter/extension.ts';
import type { TableName } from '../../src/net/netfilter/hooks.ts';
import { parseRules } from '../../src/net/netfilter/parse.ts';
import { splitWords } from './support.ts';

const recording = readFileSync(new URL('../recorded/kube-proxy/iptables-save.txt', import.meta.url), 'utf8').split('\n');

function print(line: string, table: TableName = 'filter', isChain = (name: string) => /^[A-Z]+-[-A-Z0-9]+$/.test(name)): string {
  const [, chain, ...args] = splitWords(line);
  return parseRules(args, { table, chainExists: isChain })
    .map((rule) => `-A ${chain} ${rule.save()}`)
    .join('\n');
}

test('every rule of a real kube-proxy prints back as it was', () => {
  let table: TableName = 'filter';
  const chains = new Set(recording.flatMap((line) => /^:(\S+) - /.exec(line)?.[1] ?? []));
  let count = 0;
  for (const line of recording) {
    if (line.startsWith('*')) table = line.slice(1) as TableName;
    if (!line.startsWith('-A ')) continue;
    count++;
    expect(print(line, table, (name) => chains.has(name))).toBe(line);
  }
  expect(count).toBeGreaterThan(100);
});

void RuleSyntaxError;
