/** Finding labs by words: of their text, or of what they are (state, difficulty, network plugin). Knows nothing of drawing. */
import type { LabListing } from '../services.ts';

/** Words that mean what a lab is, not what it is about. */
const FACETS: Readonly<Record<string, (listing: LabListing) => boolean>> = {
  new: ({ state }) => state === 'new',
  tried: ({ state }) => state === 'tried',
  solved: ({ state }) => state === 'solved',
  unsolved: ({ state }) => state !== 'solved',
  running: ({ state }) => state === 'running',
  easy: ({ lab }) => lab.difficulty === 'easy',
  medium: ({ lab }) => lab.difficulty === 'medium',
  hard: ({ lab }) => lab.difficulty === 'hard',
  // A lab that asks for no plugin runs on either.
  calico: ({ lab: { needs } }) => !needs.includes('cni-flannel'),
  flannel: ({ lab: { needs } }) => !needs.includes('cni-calico') && !needs.includes('network-policy'),
};

export const FACET_WORDS: readonly string[] = Object.keys(FACETS);

/** The labs that all of these words fit. A word that is being typed fits as far as it goes. */
export function found(labs: readonly LabListing[], query: string): readonly LabListing[] {
  const words = query.toLowerCase().split(' ').filter((word) => word !== '');
  return labs.filter((listing) => words.every((word) => FACETS[word]?.(listing) ?? textOf(listing).includes(word)));
}

const textOf = ({ lab }: LabListing): string => `${lab.title} ${lab.id} ${lab.competency} ${lab.domain} ${lab.needs.join(' ')}`.toLowerCase();
