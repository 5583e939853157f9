import type { Verb } from '../command.ts';
export const config: Verb = { name: 'config', short: '', long: '', examples: '', usage: '', flags: [] };
