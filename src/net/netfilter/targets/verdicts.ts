/** ACCEPT, DROP, RETURN: a verdict and nothing else. */
import { ACCEPT, RETURN, type RuleOutcome, type TargetKind } from '../extension.ts';

function verdict(name: string, outcome: RuleOutcome): TargetKind {
  return { name, options: {}, build: () => ({ name, apply: () => outcome, toArgs: () => [], list: () => '' }) };
}

export const accept = verdict('ACCEPT', ACCEPT);
export const drop = verdict('DROP', { verdict: 'drop', reason: 'filtered' });
export const returnTarget = verdict('RETURN', RETURN);
