/**
 * What the commands of a task say about the way it was worked on: the wrong host, the wrong namespace, and a quicker way
 * where there is one. Advice only; nothing here gives or takes a point.
 */
import type { Lab } from '../lab.ts';
import type { Typed } from './typed.ts';

export interface Habits {
  readonly typed: readonly Typed[];
  readonly lab: Lab;
  /** Namespaces of the exam's other tasks. */
  readonly foreign: readonly string[];
}

/** Sentences, the costliest first. */
export function adviceOn({ typed, lab, foreign }: Habits): readonly string[] {
  const calls = typed.flatMap((one) => callsIn(one.command).map((words) => ({ ...one, words })));
  return [...wrongNamespace(calls, lab, foreign), ...missingNamespace(calls, lab), ...waiting(calls), ...polling(calls), ...byHand(typed), ...failing(typed)];
}

/** kubectl typed where there is none. */
export function adviceOnBaseHost(typed: readonly Typed[]): readonly string[] {
  const lost = typed.filter(({ command }) => callsIn(command).length > 0).length;
  return lost === 0 ? [] : [`kubectl was typed ${times(lost)} on the base host, which has none. Begin every task with its ssh.`];
}

interface Call extends Typed {
  /** After `kubectl`. */
  readonly words: readonly string[];
}

/** The kubectl calls of a command line, as words. */
function callsIn(command: string): readonly (readonly string[])[] {
  return command.split(/\||&&|;|\n/).flatMap((part) => {
    const words = part.trim().split(/\s+/);
    return words[0] === 'k' || words[0] === 'kubectl' ? [words.slice(1)] : [];
  });
}

const CHANGING = ['create', 'apply', 'run', 'expose', 'patch', 'edit', 'delete', 'scale', 'set', 'label', 'annotate', 'replace', 'autoscale'];
const ROLLOUT_CHANGING = ['restart', 'undo', 'pause', 'resume'];

function isChange({ words }: Call): boolean {
  const verb = verbOf(words) ?? '';
  return (CHANGING.includes(verb) || (verb === 'rollout' && words.some((word) => ROLLOUT_CHANGING.includes(word)))) && !words.some((word) => word.startsWith('--dry-run'));
}

/** The first word that is no flag and no flag's value. */
function verbOf(words: readonly string[]): string | undefined {
  return words.find((word, index) => !word.startsWith('-') && !/^(-n|--namespace|--context|--kubeconfig)$/.test(words[index - 1] ?? ''));
}

function namespaceOf(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (word === '-n' || word === '--namespace') return words[index + 1];
    const joined = /^(?:-n|--namespace=)(.+)$/.exec(word)?.[1];
    if (joined !== undefined) return joined;
  }
  return undefined;
}

function wrongNamespace(calls: readonly Call[], lab: Lab, foreign: readonly string[]): readonly string[] {
  const strays = calls.filter(isChange).map(({ words }) => namespaceOf(words)).filter((name): name is string => name !== undefined && !lab.namespaces.includes(name));
  const names = [...new Set(strays)];
  if (names.length === 0) return [];
  const other = names.some((name) => foreign.includes(name)) ? ', which belongs to another task' : '';
  return [`Something was changed in namespace ${names.join(', ')}${other}; this task is about ${lab.namespaces.join(', ')}.`];
}

/** `create` into the context's namespace when the task has several: the classic slip. */
function missingNamespace(calls: readonly Call[], lab: Lab): readonly string[] {
  if (lab.namespaces.length < 2) return [];
  const failed = calls.filter((call) => call.exitCode !== 0 && isChange(call) && namespaceOf(call.words) === undefined && !call.words.includes('-f'));
  return failed.length < 2 ? [] : [`${times(failed.length)} a change without -n failed. The task has ${lab.namespaces.length} namespaces: say which with -n, or set it once with \`kubectl config set-context --current --namespace=…\`.`];
}

function waiting(calls: readonly Call[]): readonly string[] {
  const slow = calls.filter(({ words }) => verbOf(words) === 'delete' && words.some((word) => /^(pods?|po)(\/|$)/.test(word)) && !words.some((word) => /^--(now|force|grace-period|wait)/.test(word)));
  return slow.length === 0 ? [] : [`A pod was deleted the slow way${slow.length > 1 ? ` ${times(slow.length)}` : ''}: up to 30 seconds each. \`kubectl delete pod … --now\` waits one second.`];
}

const POLLS = 4;

/** The same question again and again. */
function polling(calls: readonly Call[]): readonly string[] {
  let longest = 0;
  let row = 0;
  let asked = '';
  for (const [index, call] of calls.entries()) {
    row = verbOf(call.words) === 'get' && call.words.join(' ') === calls[index - 1]?.words.join(' ') ? row + 1 : 1;
    if (row > longest) [longest, asked] = [row, call.words.join(' ')];
  }
  return longest < POLLS ? [] : [`\`kubectl ${asked}\` was asked ${times(longest)} in a row. \`kubectl wait --for=…\`, \`kubectl rollout status\` or \`get -w\` tell you when it is so.`];
}

/** A manifest written from nothing. */
function byHand(typed: readonly Typed[]): readonly string[] {
  const edited = typed.some(({ command }) => /^\s*(vi|vim|nano|emacs)\s+\S+\.ya?ml/.test(command));
  const generated = typed.some(({ command }) => /--dry-run|-o\s*=?yaml|curl|wget|explain/.test(command));
  return edited && !generated ? ['A manifest was written by hand. `kubectl create … --dry-run=client -o yaml > x.yaml` (or `kubectl run`, `kubectl expose`) writes most of it for you.'] : [];
}

const MANY = 5;

function failing(typed: readonly Typed[]): readonly string[] {
  const failed = typed.filter(({ exitCode, command }) => exitCode !== 0 && exitCode !== 130 && callsIn(command).length > 0).length;
  return failed < MANY ? [] : [`${failed} of ${typed.length} commands failed. \`kubectl <verb> --help\` begins with examples to copy, and \`kubectl explain <field>\` knows the spelling.`];
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);
