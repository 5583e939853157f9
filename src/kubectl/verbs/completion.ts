import type { Verb } from '../command.ts';
export const completion: Verb = { name: 'completion', short: '', long: '', examples: '', usage: '', flags: [] };
