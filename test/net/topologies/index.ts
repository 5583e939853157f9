/**
 * Small networks and what they do, written as a learner would type them. Two arms run these rows: our kernel
 * (`topologies.test.ts`) and the machine's own (`topologies.real.test.ts`), so that neither can be wrong alone.
 */
import { bridges } from './bridges.ts';
import { filters } from './filters.ts';
import { fragments } from './fragments.ts';
import { links } from './links.ts';
import { neighbors } from './neighbors.ts';
import { routing } from './routing.ts';
import type { Topology } from './script.ts';
import { translation } from './translation.ts';
import { tunnels } from './tunnels.ts';

export const topologies: readonly Topology[] = [...links, ...fragments, ...neighbors, ...bridges, ...routing, ...tunnels, ...filters, ...translation];
