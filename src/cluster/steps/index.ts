/** Building a kind cluster, in order. */
import { cni } from './cni.ts';
import { create } from './create.ts';
import { image } from './image.ts';
import { nodePrep } from './node-prep.ts';
import { preflight } from './preflight.ts';
import { preload } from './preload.ts';
import { probe } from './probe.ts';
import { record } from './record.ts';
import type { Step } from './step.ts';
import { wait } from './wait.ts';

export const steps: readonly Step[] = [preflight, image, create, nodePrep, preload, cni, wait, probe, record];
