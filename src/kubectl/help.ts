/** Help texts from the verbs' own records, laid out as kubectl lays them out. */
import { GLOBAL_FLAGS, type Verb, type VerbEntry } from './command.ts';

export function overview(verbs: readonly VerbEntry[]): string {
  const groups = new Map<string, VerbEntry[]>();
  for (const verb of verbs) groups.set(verb.group, [...(groups.get(verb.group) ?? []), verb]);
  const width = Math.max(...verbs.map((verb) => verb.name.length)) + 3;
  const sections = [...groups].map(([group, members]) => `${group}:\n${members.map((verb) => `  ${verb.name.padEnd(width)}${verb.short}`).join('\n')}`);
  return `kubectl controls the Kubernetes cluster manager.\n\nThis is the kubectl that comes with cka: install the real one and cka uses it instead.\n\n${sections.join('\n\n')}\n\nUsage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more information about a given command.\n`;
}

export function helpOf(verb: Verb): string {
  const parts = [verb.long.trim()];
  if (verb.examples) parts.push(`Examples:\n${indent(verb.examples.trim())}`);
  if (verb.verbs) {
    const width = Math.max(...verb.verbs.map((one) => one.name.length)) + 3;
    parts.push(`Available Commands:\n${verb.verbs.map((one) => `  ${one.name.padEnd(width)}${one.short}`).join('\n')}`);
  }
  if (verb.flags.length > 0) {
    const flags = [...verb.flags].sort((a, b) => (a.name < b.name ? -1 : 1));
    parts.push(`Options:\n${flags.map((flag) => `    ${flag.short ? `-${flag.short}, ` : '    '}--${flag.name}=${flag.type === 'strings' || flag.type === 'array' ? '[]' : shown(flag.value ?? '')}:\n\t${flag.help}`).join('\n\n')}`);
  }
  parts.push(`Usage:\n  kubectl ${verb.usage}`);
  parts.push(`Every command also takes: ${GLOBAL_FLAGS.map((flag) => `--${flag.name}`).join(', ')}.`);
  return `${parts.join('\n\n')}\n`;
}

const shown = (value: string | boolean) => (typeof value === 'boolean' ? String(value) : value === '' || Number.isNaN(Number(value)) ? `'${value}'` : value);

const indent = (text: string) => text.split('\n').map((line) => (line ? `  ${line}` : line)).join('\n');
