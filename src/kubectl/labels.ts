/** Label selectors where no server judges them: files filtered by `-l`. See k8s.io/apimachinery/pkg/labels/selector.go. */
import { plainError } from './io.ts';

export function labelMatcher(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const terms = splitTerms(text).map(termOf);
  return (labels) => terms.every((term) => term(labels));
}

/** At commas outside of parentheses. */
function splitTerms(text: string): readonly string[] {
  return text.match(/(?:[^,(]|\([^)]*\))+/g)?.map((term) => term.trim()) ?? [];
}

type Term = (labels: Readonly<Record<string, string>>) => boolean;

function termOf(text: string): Term {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    return set[2] === 'in' ? (labels) => Object.hasOwn(labels, set[1]!) && values.includes(labels[set[1]!]!) : (labels) => !Object.hasOwn(labels, set[1]!) || !values.includes(labels[set[1]!]!);
  }
  const pair = /^([^\s!=]+)\s*(=|==|!=)\s*([^\s=]*)$/.exec(text);
  if (pair) return pair[2] === '!=' ? (labels) => labels[pair[1]!] !== pair[3] : (labels) => labels[pair[1]!] === pair[3];
  if (/^![^\s=!]+$/.test(text)) return (labels) => !Object.hasOwn(labels, text.slice(1));
  if (/^[^\s=!]+$/.test(text)) return (labels) => Object.hasOwn(labels, text);
  throw plainError(`unable to parse requirement: found '${text}', expected: an identifier`);
}
