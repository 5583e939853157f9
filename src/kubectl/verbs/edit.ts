import type { Verb } from '../command.ts';
export const edit: Verb = { name: 'edit', short: '', long: '', examples: '', usage: '', flags: [] };
