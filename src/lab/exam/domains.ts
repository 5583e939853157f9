/** The exam's domains, heaviest first, with their weight in percent. See github.com/cncf/curriculum, CKA v1.35. */

export const DOMAIN_WEIGHTS = [
  ['Troubleshooting', 30],
  ['Cluster Architecture, Installation and Configuration', 25],
  ['Services and Networking', 20],
  ['Workloads and Scheduling', 15],
  ['Storage', 10],
] as const;

export type Domain = (typeof DOMAIN_WEIGHTS)[number][0];

export const DOMAINS: readonly Domain[] = DOMAIN_WEIGHTS.map(([domain]) => domain);
