/** Finds a lab by what a person types: its id, the end or a part of it, a word of its title, or something close enough to suggest. */
import { UserError } from '../base/user-error.ts';
import type { Lab } from './lab.ts';

const SHOWN = 6;

/** @throws UserError with suggestions when no lab, or more than one, is meant */
export function findLab(labs: readonly Lab[], typed: string): Lab {
  const exact = labs.find((lab) => lab.id === typed);
  if (exact) return exact;
  const ending = labs.filter((lab) => lab.id.endsWith(`/${typed}`));
  if (ending.length === 1) return ending[0]!;
  if (ending.length > 1) throw new UserError(`"${typed}" is the name of ${ending.length} labs.`, `Say which: ${ending.map(({ id }) => id).join(' or ')}.`, 2);
  const part = typed.length > 2 ? labs.filter((lab) => lab.id.includes(typed)) : [];
  if (part.length > 1) throw new UserError(`"${typed}" is part of ${part.length} names.`, `Say which: ${part.slice(0, SHOWN).map(({ id }) => id).join(', ')}${part.length > SHOWN ? ', …' : '.'}`, 2);
  const told = typed.length > 2 ? labs.filter((lab) => lab.title.toLowerCase().includes(typed.toLowerCase())) : [];
  const meant = part.length === 1 ? part : told;
  if (meant.length === 1) return meant[0]!;
  const close = suggest(typed, labs.flatMap(({ id }) => [id, id.split('/')[1]!]));
  throw new UserError(`There is no lab "${typed}".`, close.length > 0 ? `${close.join(' or ')}. \`cka lab list\` shows all labs.` : '`cka lab list` shows all labs.', 2);
}

/** Up to three of `words` that are a slip of the finger, or a part, away from `typed`. */
export function suggest(typed: string, words: readonly string[]): readonly string[] {
  return words
    .map((word) => ({ word, distance: word.includes(typed) && typed.length > 2 ? 0 : distance(typed, word) }))
    .filter(({ word, distance: steps }) => steps <= Math.max(2, word.length / 3))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ word }) => word);
}

/** Edits between two words, a swap of neighbours counting once (Damerau, restricted). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}
