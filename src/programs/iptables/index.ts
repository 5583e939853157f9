/**
 * iptables 1.8.9 in its nf_tables variant, as Debian 12 and kind's nodes have it.
 * The rule language is `net/netfilter/parse.ts`; here are the commands. See iptables(8); iptables/xshared.c, nft.c.
 */
import { mayAdministerNetwork } from '../../machine/capabilities.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { RuleSyntaxError } from '../../net/netfilter/extension.ts';
import type { Table } from '../../net/netfilter/table.ts';
import { refuse } from '../usage.ts';
import { type Invocation, readInvocation } from './arguments.ts';
import { change, kernelRefusal, Refusal } from './change.ts';
import { listChain, listRule, specifyChain, specifyRule } from './list.ts';

const VERSION = 'iptables v1.8.9 (nf_tables)';
const TRY = "\nTry `iptables -h' or 'iptables --help' for more information.";

export const iptables: Program = {
  name: 'iptables',
  async run(process) {
    try {
      return await run(process, readInvocation(process.argv.slice(1)));
    } catch (error) {
      if (error instanceof RuleSyntaxError) return refuse(process, error.exitCode, error.message === '' ? TRY.trimStart() : error.message.startsWith('Bad argument') ? `${error.message}${TRY}` : `${VERSION}: ${error.message}${error.hint ? TRY : ''}`);
      throw error;
    }
  },
};

async function run(process: Process, invocation: Invocation): Promise<number> {
  if (invocation.command === '-V') {
    await process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (invocation.command === '-h') {
    await process.stdout.write(`${VERSION}\n\n${USAGE}`);
    return 0;
  }
  if (invocation.warning !== undefined) await process.stderr.write(`${invocation.warning}\n`);
  const table = process.netns.netfilter.table(invocation.table);
  if (!table) return refuse(process, 3, `${VERSION}: table '${invocation.table}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.`);
  if (!mayAdministerNetwork(process)) return refuse(process, 4, `${VERSION}: Could not fetch rule set generation id: Permission denied (you must be root)`);
  return execute(process, table, invocation);
}

async function execute(process: Process, table: Table, invocation: Invocation): Promise<number> {
  const { command, operands, list } = invocation;
  const [chain] = operands;
  if (command === '-L' || command === '-S') {
    if (chain !== undefined && !table.chains.get(chain)) return refuse(process, 1, `${VERSION}: chain \`${chain}' in table \`${table.name}' is incompatible, use 'nft' tool.`);
    const chains = table.chains.list().filter(({ name }) => chain === undefined || name === chain);
    await process.stdout.write(command === '-L' ? listing(table, chains, invocation) : specification(chains, operands[1], list.verbose));
    return 0;
  }
  try {
    const told = change(process, table, invocation);
    if (list.verbose) await process.stdout.write(told);
    return 0;
  } catch (error) {
    if (error instanceof Refusal) return refuse(process, error.code, error.message);
    if (!(error instanceof NetError)) throw error;
    return refuse(process, ...kernelRefusal(VERSION, invocation, error));
  }
}

type Chains = ReturnType<Table['chains']['list']>;

/** Whole chains, or one rule without its chain's head. */
function listing(table: Table, chains: Chains, { operands: [, position], list }: Invocation): string {
  if (position === undefined) return chains.map((one) => listChain(table, one, list)).join('\n');
  const rule = chains[0]?.rules[Number(position) - 1];
  return rule ? `${listRule(rule, Number(position), list)}\n` : '';
}

function specification(chains: Chains, position: string | undefined, verbose: boolean): string {
  if (position !== undefined) return chains.map((chain) => (chain.rules[Number(position) - 1] ? specifyRule(chain, chain.rules[Number(position) - 1]!, verbose) : '')).join('');
  return chains.map((chain) => specifyChain(chain, verbose)).join('') + chains.flatMap((chain) => chain.rules.map((rule) => specifyRule(chain, rule, verbose))).join('');
}

const USAGE = `Usage: iptables -[ACD] chain rule-specification [options]
       iptables -I chain [rulenum] rule-specification [options]
       iptables -R chain rulenum rule-specification [options]
       iptables -D chain rulenum [options]
       iptables -[LS] [chain [rulenum]] [options]
       iptables -[FZ] [chain] [options]
       iptables -[NX] chain
       iptables -E old-chain-name new-chain-name
       iptables -P chain target [options]
       iptables -h (print this help information)
`;
