/** Every verb, in the order of the overview. */
import type { Verb } from '../command.ts';
import { remove } from './delete.ts';
import { exec } from './exec.ts';
import { get } from './get.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';

export const verbs: readonly Verb[] = [get, remove, logs, exec, patch];
