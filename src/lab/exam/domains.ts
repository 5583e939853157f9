/** The exam's domains, heaviest first, with their weight in percent. See github.com/cncf/curriculum, CKA v1.35. */
import type { Domain } from '../lab.ts';

export const DOMAIN_WEIGHTS: readonly (readonly [Domain, number])[] = [
  ['Troubleshooting', 30],
  ['Cluster Architecture, Installation and Configuration', 25],
  ['Services and Networking', 20],
  ['Workloads and Scheduling', 15],
  ['Storage', 10],
];
