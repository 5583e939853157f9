import type { Verb } from '../command.ts';
export const portForward: Verb = { name: 'port-forward', short: '', long: '', examples: '', usage: '', flags: [] };
