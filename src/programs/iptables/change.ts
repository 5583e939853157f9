/** The commands of iptables that change a table, and how it says that one was refused. See iptables/nft.c. */
import { findUser } from '../../machine/users.ts';
import type { Process } from '../../machine/program.ts';
import type { NetError } from '../../net/errors.ts';
import { RuleSyntaxError } from '../../net/netfilter/extension.ts';
import { parseRules } from '../../net/netfilter/parse.ts';
import type { Rule } from '../../net/netfilter/rule.ts';
import type { Table } from '../../net/netfilter/table.ts';
import { targetKinds } from '../../net/netfilter/targets/index.ts';
import type { Invocation } from './arguments.ts';
import { announceRule } from './list.ts';

/** What iptables says without its version, and the exit code. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    words: string,
  ) {
    super(words);
  }
}

/** @returns what `-v` tells of it. @throws Refusal, RuleSyntaxError, NetError */
export function change(process: Process, table: Table, invocation: Invocation): string {
  const { command, operands, counters } = invocation;
  const [chain = '', second] = operands;
  const rules = () => readRules(process, table, invocation);
  const position = second === undefined ? undefined : Number(second);
  if (position !== undefined && ['-A', '-C'].includes(command)) throw new RuleSyntaxError(`Bad argument \`${second}'`);
  if (position !== undefined && !(position >= 1) && ['-I', '-R', '-D'].includes(command)) throw new RuleSyntaxError(`Invalid rule number \`${second}'`);
  switch (command) {
    case '-A':
      return each(rules(), (rule) => table.append(chain, counted(rule, counters)));
    case '-I':
      if (table.chains.get(chain) && position !== undefined && position > table.require(chain).rules.length + 1) throw new Refusal(1, 'iptables: Index of insertion too big.');
      return each(rules().toReversed(), (rule) => table.insert(chain, position ?? 1, counted(rule, counters)));
    case '-R':
      if (position === undefined) throw new RuleSyntaxError('-R requires a rule number');
      if (table.chains.get(chain) && position > table.require(chain).rules.length) throw new Refusal(1, 'iptables: Index of replacement too big.');
      return each(rules().slice(0, 1), (rule) => table.replace(chain, position, counted(rule, counters)));
    case '-D':
    case '-C':
      return remove(table, { command, chain, position, rules });
    case '-F':
      table.flush(operands[0]);
      return chainsOf(table, operands[0]).map(({ name }) => `Flushing chain \`${name}'\n`).join('');
    case '-Z':
      if (position !== undefined) zeroOne(table, chain, position);
      else table.zero(operands[0]);
      return '';
    case '-N':
      if (targetKinds.some(({ name }) => name === chain)) throw new RuleSyntaxError('chain name may not clash with target name');
      if (chain.length > 28) throw new RuleSyntaxError(`chain name \`${chain}' too long (must be under 29 chars)`);
      table.addChain(chain);
      return '';
    case '-X': {
      const doomed = chainsOf(table, operands[0]).filter(({ builtin }) => !builtin || operands[0] !== undefined);
      for (const one of doomed) table.deleteChain(one.name);
      if (operands[0] !== undefined && doomed.length === 0) table.require(operands[0]);
      return doomed.map(({ name }) => `Deleting chain \`${name}'\n`).join('');
    }
    case '-P':
      if (second === undefined) throw new RuleSyntaxError('-P requires a chain and a policy');
      if (!table.chains.get(chain)?.builtin) throw new Refusal(1, 'iptables: Bad built-in chain name.');
      if (second !== 'ACCEPT' && second !== 'DROP') throw new Refusal(1, "iptables: Bad policy name. Run `dmesg' for more information.");
      if (table.name === 'nat' && second === 'DROP') throw new RuleSyntaxError('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n');
      table.setPolicy(chain, second);
      return '';
    default:
      if (table.chains.get(second ?? '')) throw new Refusal(1, 'iptables: File exists.');
      table.rename(chain, second ?? '');
      return '';
  }
}

function readRules(process: Process, table: Table, { command, operands: [chain = ''], rule: words }: Invocation): readonly Rule[] {
  const { files } = process;
  return parseRules(words, {
    table: table.name,
    chainExists: (name) => refuseBuiltin(table, name, command, chain),
    setExists: (name) => process.netns.netfilter.sets.get(name) !== undefined,
    idOf: (what, name) => (what === 'user' ? findUser(name, files)?.uid : findUser(`0:${name}`, files)?.gid),
    chain,
  });
}

/** The kernel finds the chain, and takes no rule that leads to it. */
function refuseBuiltin(table: Table, name: string, command: string, chain: string): boolean {
  const found = table.chains.get(name);
  if (found?.builtin) throw new Refusal(4, `iptables v1.8.9 (nf_tables):  ${failed(command)} (Operation not supported): rule in chain ${chain}`);
  return found !== undefined;
}

function each(rules: readonly Rule[], act: (rule: Rule) => void): string {
  for (const rule of rules) act(rule);
  return rules.map(announceRule).join('');
}

function counted(rule: Rule, counters: Invocation['counters']): Rule {
  if (counters) Object.assign(rule.counters, counters);
  return rule;
}

const chainsOf = (table: Table, name: string | undefined) => table.chains.list().filter((chain) => name === undefined || chain.name === name);

interface Removal {
  readonly command: string;
  readonly chain: string;
  readonly position: number | undefined;
  readonly rules: () => readonly Rule[];
}

/** `-D`, and `-C`, which only looks. */
function remove(table: Table, { command, chain, position, rules }: Removal): string {
  if (position === undefined) {
    return each(rules(), (rule) => {
      if (table.find(chain, rule) < 0) throw new Refusal(1, 'iptables: Bad rule (does a matching rule exist in that chain?).');
      if (command === '-D') table.delete(chain, rule);
    });
  }
  if (position > table.require(chain).rules.length) throw new Refusal(1, 'iptables: Index of deletion too big.');
  table.delete(chain, position);
  return '';
}

function zeroOne(table: Table, chain: string, position: number): void {
  // A number without a rule is passed over in silence.
  Object.assign(table.require(chain).rules[position - 1]?.counters ?? {}, { packets: 0, bytes: 0 });
}

const failed = (command: string): string => `RULE_${command === '-I' ? 'INSERT' : command === '-R' ? 'REPLACE' : 'APPEND'} failed`;

/** What the kernel refused, in iptables' words. */
export function kernelRefusal(version: string, { command, operands }: Invocation, error: NetError): readonly [code: number, words: string] {
  if (error.code === 'ENOENT') return [1, 'iptables: No chain/target/match by that name.'];
  if (error.code === 'EEXIST') return [1, 'iptables: Chain already exists.'];
  return [4, `${version}:  ${command === '-X' ? `CHAIN_DEL failed (${error.message}): chain ${operands[0]}` : `${failed(command)} (${error.message}): rule in chain ${operands[0]}`}`];
}
