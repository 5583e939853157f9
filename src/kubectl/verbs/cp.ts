import type { Verb } from '../command.ts';
export const cp: Verb = { name: 'cp', short: '', long: '', examples: '', usage: '', flags: [] };
