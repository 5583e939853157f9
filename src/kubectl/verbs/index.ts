/** Every verb, in the order of the overview. */
import type { Verb } from '../command.ts';
import { get } from './get.ts';

export const verbs: readonly Verb[] = [get];
