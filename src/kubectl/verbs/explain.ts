import type { Verb } from '../command.ts';
export const explain: Verb = { name: 'explain', short: '', long: '', examples: '', usage: '', flags: [] };
