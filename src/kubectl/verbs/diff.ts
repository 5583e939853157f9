import type { Verb } from '../command.ts';
export const diff: Verb = { name: 'diff', short: '', long: '', examples: '', usage: '', flags: [] };
