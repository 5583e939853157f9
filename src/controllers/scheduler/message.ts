/**
 * What FailedScheduling says: how many nodes refused for which reason, and what preemption thinks of it.
 * See FitError in pkg/scheduler/framework/types.go and preemption.go.
 */
import type { Refusal } from './filters.ts';

export function failureMessage(refusals: readonly Refusal[], options: { preemptionPolicy?: string | undefined; nominated?: string | undefined } = {}): string {
  const total = refusals.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const reasons = histogram(refusals.flatMap((one) => one.reasons));
  // Preemption that found a place has nothing to add.
  if (options.nominated !== undefined) return `0/${total} nodes are available: ${reasons}.`;
  return `0/${total} nodes are available: ${reasons}. no new claims to deallocate, preemption: ${preemption(refusals, options.preemptionPolicy)}`;
}

function preemption(refusals: readonly Refusal[], policy: string | undefined): string {
  if (policy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const reasons = refusals.map((one) => (one.isHopeless ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod'));
  return `0/${refusals.length} nodes are available: ${histogram(reasons)}.`;
}

/** `1 this, 2 that`, sorted as text. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(', ');
}
