/** Finding labs by words: of their text, or of what they are (state, difficulty, network plugin). Knows nothing of drawing. */
import { filterLabs, type LabFilter } from '../../lab/filter.ts';
import type { LabListing } from '../services.ts';

const STATES: Readonly<Record<string, (state: LabListing['state']) => boolean>> = {
  new: (state) => state === 'new',
  tried: (state) => state === 'tried',
  solved: (state) => state === 'solved',
  unsolved: (state) => state !== 'solved',
  running: (state) => state === 'running',
};

/** Words that mean what a lab is, not what it is about. */
const KINDS: Readonly<Record<string, LabFilter>> = {
  easy: { difficulty: 'easy' },
  medium: { difficulty: 'medium' },
  hard: { difficulty: 'hard' },
  calico: { cni: 'calico' },
  flannel: { cni: 'flannel' },
};

export const FACET_WORDS: readonly string[] = [...Object.keys(STATES), ...Object.keys(KINDS)];

/** The labs that all of these words fit. */
export function found(labs: readonly LabListing[], query: string): readonly LabListing[] {
  const words = query.toLowerCase().split(' ').filter((word) => word !== '');
  return labs.filter(({ lab, state }) => words.every((word) => STATES[word]?.(state) ?? filterLabs([lab], KINDS[word] ?? { search: word }).length > 0));
}
