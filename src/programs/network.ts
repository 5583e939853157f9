/** The network tools, one line each. */
import type { Program } from '../machine/program.ts';
import { curl } from './curl/index.ts';

export const networkPrograms: readonly Program[] = [curl];
