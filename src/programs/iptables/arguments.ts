/** The command line of iptables: one command, its chain, and the words of a rule. See iptables/xshared.c, do_parse. */
import { RuleSyntaxError } from '../../net/netfilter/extension.ts';
import type { ListOptions } from './list.ts';

/** Short and long names of the commands. */
const COMMANDS: Readonly<Record<string, string>> = {
  '--append': '-A', '--check': '-C', '--delete': '-D', '--insert': '-I', '--replace': '-R', '--list': '-L', '--list-rules': '-S', '--flush': '-F', '--zero': '-Z',
  '--new-chain': '-N', '--new': '-N', '--delete-chain': '-X', '--policy': '-P', '--rename-chain': '-E', '--rename': '-E', '--version': '-V', '--help': '-h',
};
const NEEDS_CHAIN = new Set(['-A', '-C', '-D', '-I', '-R', '-N', '-P', '-E']);

/** What was asked for. */
export interface Invocation {
  command: string;
  table: string;
  /** What stands behind the command: chain, position, names. */
  operands: string[];
  /** The words of a rule. */
  rule: string[];
  /** What `-c` says the rule has met. */
  counters: { readonly packets: number; readonly bytes: number } | undefined;
  /** Said before anything else. */
  warning: string | undefined;
  list: { -readonly [K in keyof ListOptions]: ListOptions[K] };
}

/** @throws RuleSyntaxError */
export function readInvocation(args: readonly string[]): Invocation {
  const invocation: Invocation = { command: '', table: 'filter', operands: [], rule: [], counters: undefined, warning: undefined, list: { numeric: false, verbose: false, exact: false, lineNumbers: false } };
  const words = args.flatMap(splitCluster);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const command = COMMANDS[word] ?? word;
    if (/^-[ACDIRLSFZNXPEVh]$/.test(command)) {
      // `-L -Z` goes together; any other two commands do not.
      if (invocation.command !== '' && !(command === '-Z' && invocation.command === '-L')) throw new RuleSyntaxError(`Cannot use ${command} with ${invocation.command}`);
      if (invocation.command === '') invocation.command = command;
      if (NEEDS_CHAIN.has(command) && words[i + 1] === undefined) throw new RuleSyntaxError(`option "${word}" requires an argument`);
      if (command === '-N' && words[i + 1]!.startsWith('-')) throw new RuleSyntaxError("chain name not allowed to start with `-'");
      while (i + 1 < words.length && !words[i + 1]!.startsWith('-') && words[i + 1] !== '!' && invocation.operands.length < 2) invocation.operands.push(words[++i]!);
    } else i += readOption(invocation, word, words.slice(i + 1));
  }
  if (invocation.command === '') {
    const stray = invocation.rule[0];
    throw new RuleSyntaxError(stray?.startsWith('-') && !/^-(-?(source|src|destination|dst|in-interface|out-interface|protocol|match|jump|goto)|[sdiopmjg])/.test(stray) ? `unknown option "${stray}"` : 'no command specified');
  }
  return invocation;
}

/** @returns how many words it took behind itself */
function readOption(invocation: Invocation, word: string, rest: readonly string[]): number {
  const { list } = invocation;
  switch (word) {
    case '-t':
    case '--table':
      invocation.table = rest[0] ?? '';
      return 1;
    case '-n':
    case '--numeric':
      list.numeric = true;
      return 0;
    case '-v':
    case '--verbose':
      list.verbose = true;
      return 0;
    case '-x':
    case '--exact':
      list.exact = true;
      return 0;
    case '--line-numbers':
      list.lineNumbers = true;
      return 0;
    case '-W':
    case '--wait-interval':
      invocation.warning = 'Ignoring deprecated --wait-interval option.';
      return /^\d+$/.test(rest[0] ?? '') ? 1 : 0;
    case '-w':
    case '--wait':
      // The nft variant takes no lock, so there is nothing to wait for.
      return /^\d+$/.test(rest[0] ?? '') ? 1 : 0;
    case '-c':
    case '--set-counters': {
      const [packets, bytes] = rest;
      if (packets === undefined || bytes === undefined || bytes.startsWith('-')) throw new RuleSyntaxError(`${word} requires packet and byte counter`);
      if (!/^\d+$/.test(packets)) throw new RuleSyntaxError(`${word} packet counter not numeric`);
      if (!/^\d+$/.test(bytes)) throw new RuleSyntaxError(`${word} byte counter not numeric`);
      invocation.counters = { packets: Number(packets), bytes: Number(bytes) };
      return 2;
    }
    case '-6':
    case '--ipv6':
      // The real one dies without a word as well.
      throw new RuleSyntaxError('');
    case '-4':
    case '--ipv4':
      return 0;
    default:
      invocation.rule.push(word);
      return 0;
  }
}

/** `-nvL` is `-n -v -L`; an option's value may be glued to it (`-ptcp`), which the rule parser takes apart. */
function splitCluster(word: string): readonly string[] {
  if (!/^-[nvxLSFZX]{2,}$/.test(word)) return /^-t.+/.test(word) && !word.startsWith('--') ? ['-t', word.slice(2)] : [word];
  return word.slice(1).split('').map((letter) => `-${letter}`);
}
