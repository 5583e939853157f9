/** `kubectl __complete`: candidates for the last word, one a line, and cobra's directive. Asks the cluster for types and names. */
import { Run, GLOBAL_FLAGS, type Verb } from './command.ts';
import { Flags, type Flag } from './flags.ts';
import type { KubectlIo } from './io.ts';
import { listAll } from './verbs/get.ts';
import { verbs } from './verbs/index.ts';

const NO_FILES = 4;
const DEFAULT = 0;

/** Verbs whose arguments are a type, then names. */
const TYPED = new Set(['get', 'describe', 'delete', 'edit', 'label', 'annotate', 'patch', 'scale', 'expose', 'wait', 'autoscale', 'explain', 'taint']);
const OF_PODS = new Set(['logs', 'exec', 'attach', 'port-forward']);
const OF_NODES = new Set(['cordon', 'uncordon', 'drain']);
const WORKLOADS = new Set(['rollout', 'set']);

interface Candidate {
  readonly word: string;
  readonly about?: string;
}

export async function complete(words: readonly string[], io: KubectlIo, described: boolean): Promise<number> {
  const last = words.at(-1) ?? '';
  let candidates: readonly Candidate[] = [];
  let directive = NO_FILES;
  try {
    ({ candidates, directive } = await candidatesFor(words.slice(0, -1), last, io));
  } catch {
    // A cluster that does not answer completes nothing: the shell must not be told of it.
  }
  const fitting = candidates.filter((one) => one.word.startsWith(last));
  io.stdout(fitting.map((one) => `${one.word}${described && one.about ? `\t${one.about}` : ''}\n`).join('') + `:${directive}\n`);
  return 0;
}

async function candidatesFor(before: readonly string[], last: string, io: KubectlIo): Promise<{ candidates: readonly Candidate[]; directive: number }> {
  const path: Verb[] = [];
  const args: string[] = [];
  const flags = new Map<string, string>();
  let pending: Flag | undefined;
  for (const word of before) {
    if (pending) {
      flags.set(pending.name, word);
      pending = undefined;
    } else if (word.startsWith('-')) {
      const [, name, value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word)!;
      const flag = [...(path.at(-1)?.flags ?? []), ...GLOBAL_FLAGS].find((one) => one.name === name || one.short === name);
      if (flag && value !== undefined) flags.set(flag.name, value);
      else if (flag && flag.type !== 'bool' && flag.bare === undefined) pending = flag;
    } else {
      const verb: Verb | undefined = path.length === 0 ? await verbs.find((one) => one.name === word)?.load() : args.length === 0 ? path.at(-1)!.verbs?.find((one) => one.name === word || one.aliases?.includes(word)) : undefined;
      if (verb) path.push(verb);
      else args.push(word);
    }
  }
  const run = runOf(io, flags);
  try {
    if (pending) return await forFlag(run, pending.name);
    if (last.startsWith('-')) return { candidates: [...(path.at(-1)?.flags ?? []), ...(path.length === 0 ? GLOBAL_FLAGS : [])].map((flag) => ({ word: `--${flag.name}${flag.type === 'bool' || flag.bare ? '' : '='}`, about: flag.help })), directive: NO_FILES };
    if (path.length === 0) return { candidates: verbs.map((verb) => ({ word: verb.name, about: verb.short })), directive: NO_FILES };
    const verb = path.at(-1)!;
    if (verb.verbs && args.length === 0 && (!verb.run || verb.name !== 'apply')) return { candidates: verb.verbs.map((one) => ({ word: one.name, about: one.short })), directive: NO_FILES };
    return await forArgument(run, path[0]!.name, args, last);
  } finally {
    run.close();
  }
}

function runOf(io: KubectlIo, given: ReadonlyMap<string, string>): Run {
  const flags = new Flags([...GLOBAL_FLAGS, { name: 'selector', type: 'string', value: '', help: '' }, { name: 'field-selector', type: 'string', value: '', help: '' }]);
  for (const flag of GLOBAL_FLAGS) if (given.has(flag.name) && flag.type === 'string') flags.set(flag, given.get(flag.name)!, flag.name);
  return new Run(io, 'kubectl', flags, [], -1);
}

async function forFlag(run: Run, name: string): Promise<{ candidates: readonly Candidate[]; directive: number }> {
  if (name === 'namespace') return { candidates: await namesOf(run, 'namespaces'), directive: NO_FILES };
  if (name === 'output') return { candidates: ['json', 'yaml', 'name', 'wide', 'custom-columns=', 'jsonpath='].map((word) => ({ word })), directive: NO_FILES };
  return { candidates: [], directive: name === 'filename' || name.startsWith('from-') || name.endsWith('file') ? DEFAULT : NO_FILES };
}

async function forArgument(run: Run, verb: string, args: readonly string[], last: string): Promise<{ candidates: readonly Candidate[]; directive: number }> {
  if (OF_PODS.has(verb)) return { candidates: args.length === 0 ? await namesOf(run, 'pods') : [], directive: NO_FILES };
  if (OF_NODES.has(verb)) return { candidates: await namesOf(run, 'nodes'), directive: NO_FILES };
  if (verb === 'config') return { candidates: [], directive: NO_FILES };
  if (!TYPED.has(verb) && !WORKLOADS.has(verb)) return { candidates: [], directive: DEFAULT };
  if (last.includes('/')) {
    const type = last.slice(0, last.indexOf('/'));
    return { candidates: (await namesOf(run, type)).map(({ word }) => ({ word: `${type}/${word}` })), directive: NO_FILES };
  }
  if (args.length > 0) return { candidates: args[0]!.includes('/') || verb === 'explain' ? [] : (await namesOf(run, args[0]!)).filter(({ word }) => !args.includes(word)), directive: NO_FILES };
  const types = (await run.resources()).preferred().filter((one) => one.verbs.includes('get')).map((one) => ({ word: one.group && !BARE.has(one.group) ? `${one.plural}.${one.group}` : one.plural }));
  return { candidates: types, directive: NO_FILES };
}

/** Groups whose types nobody qualifies. */
const BARE = new Set(['apps', 'batch', 'autoscaling', 'policy']);

async function namesOf(run: Run, type: string): Promise<readonly Candidate[]> {
  const resource = (await run.resources()).find(type);
  if (!resource) return [];
  return (await listAll(run, resource, run.namespace)).map((object) => ({ word: object.metadata?.name ?? '' }));
}
