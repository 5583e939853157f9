/**
 * iptables, iptables-save and iptables-restore, 1.8.9 in its nf_tables variant, as Debian 12 and kind's nodes have them.
 * The rule language is `net/netfilter/parse.ts`; here are the commands. See iptables(8); iptables/xshared.c, nft.c.
 */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { openInput } from '../../machine/open.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { RuleSyntaxError } from '../../net/netfilter/extension.ts';
import { parseRules } from '../../net/netfilter/parse.ts';
import type { Rule } from '../../net/netfilter/rule.ts';
import type { Table } from '../../net/netfilter/table.ts';
import { refuse } from '../usage.ts';
import { listChain, specifyChain, specifyRule, type ListOptions } from './list.ts';
import { restore, RestoreError, save } from './restore.ts';

const VERSION = 'iptables v1.8.9 (nf_tables)';
const TRY = "\nTry `iptables -h' or 'iptables --help' for more information.";

/** Short and long names of the commands. */
const COMMANDS: Readonly<Record<string, string>> = {
  '--append': '-A', '--check': '-C', '--delete': '-D', '--insert': '-I', '--replace': '-R', '--list': '-L', '--list-rules': '-S', '--flush': '-F', '--zero': '-Z',
  '--new-chain': '-N', '--new': '-N', '--delete-chain': '-X', '--policy': '-P', '--rename-chain': '-E', '--rename': '-E', '--version': '-V', '--help': '-h',
};
const NEEDS_CHAIN = new Set(['-A', '-C', '-D', '-I', '-R', '-N', '-P', '-E']);

interface Invocation {
  command: string;
  table: string;
  /** What stands behind the command: chain, position, names. */
  operands: string[];
  /** The words of a rule. */
  rule: string[];
  list: { -readonly [K in keyof ListOptions]: ListOptions[K] };
}

export const iptables: Program = {
  name: 'iptables',
  async run(process) {
    try {
      const invocation = read(process.argv.slice(1));
      if (invocation.command === '-V') {
        await process.stdout.write(`${VERSION}\n`);
        return 0;
      }
      if (invocation.command === '-h') {
        await process.stdout.write(`${VERSION}\n\n${USAGE}`);
        return 0;
      }
      const table = process.netns.netfilter.table(invocation.table);
      if (!table) return await refuse(process, 3, `${VERSION}: table '${invocation.table}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.`);
      if (process.user.uid !== 0) return await refuse(process, 4, `${VERSION}: Could not fetch rule set generation id: Permission denied (you must be root)`);
      return await execute(process, table, invocation);
    } catch (error) {
      if (error instanceof RuleSyntaxError) return refuse(process, error.exitCode, error.message.startsWith('Bad argument') ? `${error.message}${TRY}` : `${VERSION}: ${error.message}${error.hint ? TRY : ''}`);
      throw error;
    }
  },
};

/** @throws RuleSyntaxError */
function read(args: readonly string[]): Invocation {
  const invocation: Invocation = { command: '', table: 'filter', operands: [], rule: [], list: { numeric: false, verbose: false, exact: false, lineNumbers: false } };
  const words = args.flatMap(splitCluster);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const command = COMMANDS[word] ?? word;
    if (/^-[ACDIRLSFZNXPEVh]$/.test(command)) {
      // `-L -Z` goes together; any other two commands do not.
      if (invocation.command !== '' && !(command === '-Z' && invocation.command === '-L')) throw new RuleSyntaxError(`Cannot use ${command} with ${invocation.command}`);
      if (invocation.command === '') invocation.command = command;
      if (NEEDS_CHAIN.has(command) && words[i + 1] === undefined) throw new RuleSyntaxError(`option "${word}" requires an argument`);
      while (i + 1 < words.length && !words[i + 1]!.startsWith('-') && words[i + 1] !== '!' && invocation.operands.length < 2) invocation.operands.push(words[++i]!);
    } else if (word === '-t' || word === '--table') invocation.table = words[++i] ?? '';
    else if (word === '-n' || word === '--numeric') invocation.list.numeric = true;
    else if (word === '-v' || word === '--verbose') invocation.list.verbose = true;
    else if (word === '-x' || word === '--exact') invocation.list.exact = true;
    else if (word === '--line-numbers') invocation.list.lineNumbers = true;
    else if (word === '-w' || word === '--wait' || word === '-W' || word === '--wait-interval') {
      // The nft variant takes no lock, so there is nothing to wait for.
      if (/^\d+$/.test(words[i + 1] ?? '')) i++;
    } else if (word === '-4' || word === '--ipv4') continue;
    else invocation.rule.push(word);
  }
  if (invocation.command === '') {
    const stray = invocation.rule[0];
    throw new RuleSyntaxError(stray?.startsWith('-') && !/^-(-?(source|src|destination|dst|in-interface|out-interface|protocol|match|jump|goto)|[sdiopmjg])/.test(stray) ? `unknown option "${stray}"` : 'no command specified');
  }
  return invocation;
}

/** `-nvL` is `-n -v -L`; an option's value may be glued to it (`-ptcp`), which the rule parser takes apart. */
function splitCluster(word: string): readonly string[] {
  if (!/^-[nvxLSFZX]{2,}$/.test(word)) return /^-t.+/.test(word) && !word.startsWith('--') ? ['-t', word.slice(2)] : [word];
  return word.slice(1).split('').map((letter) => `-${letter}`);
}

async function execute(process: Process, table: Table, invocation: Invocation): Promise<number> {
  const { command, operands, list } = invocation;
  const [chain] = operands;
  if (command === '-L' || command === '-S') {
    if (chain !== undefined && !table.chains.get(chain)) return refuse(process, 1, `${VERSION}: chain \`${chain}' in table \`${table.name}' is incompatible, use 'nft' tool.`);
    const chains = table.chains.list().filter(({ name }) => chain === undefined || name === chain);
    if (command === '-L') await process.stdout.write(chains.map((one) => listChain(table, one, list)).join('\n'));
    else await process.stdout.write(specification(chains, operands[1], list.verbose));
    return 0;
  }
  try {
    change(process, table, invocation);
    return 0;
  } catch (error) {
    if (error instanceof Refusal) return refuse(process, error.code, error.message);
    if (!(error instanceof NetError)) throw error;
    return refuse(process, ...kernelRefusal(command, operands, error));
  }
}

function specification(chains: ReturnType<Table['chains']['list']>, position: string | undefined, verbose: boolean): string {
  if (position !== undefined) return chains.map((chain) => (chain.rules[Number(position) - 1] ? specifyRule(chain, chain.rules[Number(position) - 1]!, verbose) : '')).join('');
  return chains.map((chain) => specifyChain(chain, verbose)).join('') + chains.flatMap((chain) => chain.rules.map((rule) => specifyRule(chain, rule, verbose))).join('');
}

class Refusal extends Error {
  constructor(
    readonly code: number,
    words: string,
  ) {
    super(words);
  }
}

function change(process: Process, table: Table, { command, operands, rule: words }: Invocation): void {
  const [chain = '', second] = operands;
  const rules = (): readonly Rule[] =>
    parseRules(words, { table: table.name, chainExists: (name) => table.chains.get(name)?.builtin === false, setExists: (name) => process.netns.netfilter.sets.get(name) !== undefined });
  const position = second === undefined ? undefined : Number(second);
  if (position !== undefined && ['-A', '-C'].includes(command)) throw new RuleSyntaxError(`Bad argument \`${second}'`);
  if (position !== undefined && Number.isNaN(position) && ['-I', '-R', '-D'].includes(command)) throw new RuleSyntaxError(`Invalid rule number \`${second}'`);
  switch (command) {
    case '-A':
      for (const rule of rules()) table.append(chain, rule);
      return;
    case '-I':
      if (table.chains.get(chain) && position !== undefined && position > table.require(chain).rules.length + 1) throw new Refusal(1, 'iptables: Index of insertion too big.');
      for (const rule of rules().toReversed()) table.insert(chain, position ?? 1, rule);
      return;
    case '-R':
      if (table.chains.get(chain) && (position === undefined || position > table.require(chain).rules.length)) throw new Refusal(1, 'iptables: Index of replacement too big.');
      return table.replace(chain, position!, rules()[0]!);
    case '-D':
    case '-C': {
      if (position !== undefined) {
        if (position > table.require(chain).rules.length) throw new Refusal(1, 'iptables: Index of deletion too big.');
        return table.delete(chain, position);
      }
      for (const rule of rules()) {
        if (table.find(chain, rule) < 0) throw new Refusal(1, 'iptables: Bad rule (does a matching rule exist in that chain?).');
        if (command === '-D') table.delete(chain, rule);
      }
      return;
    }
    case '-F':
      return table.flush(operands[0]);
    case '-Z':
      return table.zero(operands[0]);
    case '-N':
      return table.addChain(chain);
    case '-X':
      if (operands[0] !== undefined) return table.deleteChain(chain);
      for (const one of table.chains.list()) if (!one.builtin) table.deleteChain(one.name);
      return;
    case '-P':
      if (!table.chains.get(chain)?.builtin) throw new Refusal(1, 'iptables: Bad built-in chain name.');
      if (second !== 'ACCEPT' && second !== 'DROP') throw new Refusal(1, "iptables: Bad policy name. Run `dmesg' for more information.");
      return table.setPolicy(chain, second);
    case '-E':
      return table.rename(chain, second ?? '');
  }
}

function kernelRefusal(command: string, operands: readonly string[], error: NetError): [code: number, words: string] {
  if (error.code === 'ENOENT') return [1, 'iptables: No chain/target/match by that name.'];
  if (error.code === 'EEXIST') return [1, 'iptables: Chain already exists.'];
  const what = command === '-X' ? `CHAIN_DEL failed (${error.message}): chain ${operands[0]}` : `RULE_${command === '-I' ? 'INSERT' : command === '-R' ? 'REPLACE' : 'APPEND'} failed (${error.message}): rule in chain ${operands[0]}`;
  return [4, `${VERSION}:  ${what}`];
}

export const iptablesSave: Program = {
  name: 'iptables-save',
  async run(process) {
    const args = process.argv.slice(1);
    const counters = args.includes('-c') || args.includes('--counters');
    const at = args.findIndex((arg) => arg === '-t' || arg === '--table');
    const table = at >= 0 ? args[at + 1] : undefined;
    const stray = args.find((arg, index) => !['-c', '--counters', '-t', '--table'].includes(arg) && index !== at + 1);
    if (stray !== undefined && (at >= 0 || stray !== args[0] || stray.startsWith('-'))) return refuse(process, 1, `iptables-save: unrecognized option '${stray}'\nLook at manual page \`iptables-save.8' for more information.`);
    if (table !== undefined && !process.netns.netfilter.table(table)) return refuse(process, 1, `iptables-save v1.8.9 (nf_tables): Table \`${table}' does not exist`);
    await process.stdout.write(save(process.netns.netfilter, table === undefined ? undefined : [table], { counters, unixMs: process.machine.clock.unixMs() }));
    return 0;
  },
};

export const iptablesRestore: Program = {
  name: 'iptables-restore',
  async run(process) {
    const has = (...names: readonly string[]) => process.argv.some((arg) => names.includes(arg));
    const at = process.argv.findIndex((arg) => arg === '-T' || arg === '--table');
    const file = process.argv.slice(1).find((arg, index) => !arg.startsWith('-') && index !== at && !/^\d+$/.test(arg));
    try {
      const input = file === undefined ? process.stdin : openInput(process, absolute(process.cwd, file));
      let text = '';
      for (let piece = await input.read(); piece !== undefined; piece = await input.read()) text += piece;
      restore(process.netns.netfilter, text, { noFlush: has('-n', '--noflush'), counters: has('-c', '--counters'), test: has('-t', '--test'), ...(at >= 0 ? { table: process.argv[at + 1]! } : {}) });
      return 0;
    } catch (error) {
      if (error instanceof RestoreError) return refuse(process, error.exitCode, error.message);
      if (error instanceof FileError) return refuse(process, 1, `Can't open ${file}: ${error.message}`);
      throw error;
    }
  },
};

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
