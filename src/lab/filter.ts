/** Which labs are meant by a search: words anywhere in what a lab says of itself, and what else narrows a list. Knows no screen. */
import type { Lab } from './lab.ts';

export interface LabFilter {
  /** Every word must be found: in id, title, domain, competency or task. */
  readonly search?: string | undefined;
  /** Part of a domain's name. */
  readonly domain?: string | undefined;
  readonly difficulty?: string | undefined;
  /** A network plugin: labs that insist on another one are left out. */
  readonly cni?: string | undefined;
}

/** @returns the labs that all of the filter fits, in their order */
export function filterLabs<T extends Pick<Lab, 'id' | 'title' | 'domain' | 'competency' | 'difficulty' | 'needs' | 'task'>>(labs: readonly T[], { search = '', domain = '', difficulty, cni }: LabFilter): readonly T[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return labs.filter((lab) => {
    const text = `${lab.id}\n${lab.title}\n${lab.domain}\n${lab.competency}\n${lab.task}`.toLowerCase();
    return words.every((word) => text.includes(word))
      && lab.domain.toLowerCase().includes(domain.toLowerCase())
      && (difficulty === undefined || lab.difficulty === difficulty)
      && (cni === undefined || runsOn(lab, cni));
  });
}

function runsOn({ needs }: Pick<Lab, 'needs'>, cni: string): boolean {
  return cni === 'flannel' ? !needs.includes('cni-calico') && !needs.includes('network-policy') : !needs.some((need) => need.startsWith('cni-') && need !== `cni-${cni}`);
}
