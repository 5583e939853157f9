/** Help texts from the verbs' own records, laid out as kubectl lays them out. */
import { GLOBAL_FLAGS, type Verb, type VerbEntry } from './command.ts';
import type { Flag } from './flags.ts';

/** Names of commands are padded to this at least. */
const NARROWEST = 11;
const OPTIONS_HINT = 'Use "kubectl options" for a list of global command-line options (applies to all commands).';
const moreHelp = (command: string) => `Use "${command} <command> --help" for more information about a given command.`;

export function overview(verbs: readonly VerbEntry[]): string {
  const groups = new Map<string, VerbEntry[]>();
  for (const verb of verbs) if (verb.group) groups.set(verb.group, [...(groups.get(verb.group) ?? []), verb]);
  const width = Math.max(NARROWEST, ...verbs.map((verb) => verb.name.length)) + 3;
  const sections = [...groups].map(([group, members]) => `${group}:\n${commandList(members, width)}`);
  return `kubectl controls the Kubernetes cluster manager.\n\nThis is the kubectl that comes with cka: install the real one and cka uses it instead.\n\n${sections.join('\n\n')}\n\nUsage:\n  kubectl [flags] [options]\n\n${moreHelp('kubectl')}\n${OPTIONS_HINT}\n`;
}

/** `kubectl options` */
export function globalOptions(): string {
  return `The following options can be passed to any command:\n\n${flagList(GLOBAL_FLAGS)}\n`;
}

/** @param command the whole name: `kubectl rollout` */
export function helpOf(verb: Verb, command: string): string {
  const [first = '', ...paragraphs] = verb.long.trim().split('\n\n');
  const parts = [[first, ...paragraphs.map((text) => (text.startsWith(' ') ? text : ` ${text}`))].join('\n\n')];
  if (verb.aliases?.length) parts.push(`Aliases:\n${[verb.name, ...verb.aliases].join(', ')}`);
  if (verb.examples) parts.push(`Examples:\n${verb.examples.trim().split('\n').map((line) => `  ${line}`).join('\n')}`);
  if (verb.verbs) parts.push(`Available Commands:\n${commandList(verb.verbs, Math.max(NARROWEST, ...verb.verbs.map((one) => one.name.length)) + 3)}`);
  if (verb.flags.length > 0) parts.push(`Options:\n${flagList(verb.flags)}`);
  parts.push(`Usage:\n  kubectl ${verb.usage.replace(/ \[options\]$/, '')} [options]`);
  return `${parts.join('\n\n')}\n\n${verb.verbs ? `${moreHelp(command)}\n` : ''}${OPTIONS_HINT}\n`;
}

function commandList(commands: readonly { readonly name: string; readonly short: string }[], width: number): string {
  return commands.map((one) => `  ${one.name.padEnd(width)}${one.short}`).join('\n');
}

function flagList(flags: readonly Flag[]): string {
  const inOrder = [...flags].sort((a, b) => (a.name < b.name ? -1 : 1));
  return inOrder.map((flag) => `    ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}=${flag.type === 'strings' || flag.type === 'array' ? '[]' : shown(flag)}:\n\t${flag.help}`).join('\n\n');
}

function shown({ type, value = '' }: Flag): string {
  return type === 'string' && value !== '0' && Number.isNaN(Number(value || 'x')) ? `'${value}'` : String(value);
}
