/** A packet walks through the chains of one table. See net/ipv4/netfilter/ip_tables.c, ipt_do_table. */
import type { PacketInFlight } from '../in-flight.ts';
import { sizeOf } from '../packet.ts';
import type { HookScope } from './extension.ts';
import { BUILTIN } from './hooks.ts';
import type { Verdict } from './netfilter.ts';
import type { Rule } from './rule.ts';
import type { Chain, Table } from './table.ts';

/** From the built-in chain of the hook to a verdict; a chain's end returns to the rule behind the jump, or to the policy. */
export function evaluate(table: Table, flight: PacketInFlight, scope: HookScope): Verdict {
  const base = table.chains.get(BUILTIN[scope.hook]);
  if (!base) return { verdict: 'accept' };
  const verdict = walk(table, base, flight, scope);
  if (verdict) return verdict;
  base.counters.packets++;
  base.counters.bytes += sizeOf(flight.packet);
  if (scope.namespace.world.traced && base.policy === 'DROP') {
    scope.namespace.trace({ kind: 'policy', packet: flight.packet, hook: scope.hook, table: table.name, chain: base.name, policy: 'DROP' });
  }
  return base.policy === 'DROP' ? { verdict: 'drop', reason: 'filtered' } : { verdict: 'accept' };
}

/** @returns undefined when the chain was left without a decision */
function walk(table: Table, chain: Chain, flight: PacketInFlight, scope: HookScope): Verdict | undefined {
  for (const rule of chain.rules) {
    if (!rule.fits(flight, scope)) continue;
    rule.count(flight);
    if (scope.namespace.world.traced) traceRule(table, chain, rule, flight, scope);
    if (rule.chain !== undefined) {
      const verdict = walk(table, table.require(rule.chain), flight, scope);
      // What a goto leads to returns not here but to where this chain was called from.
      if (verdict || rule.goto) return verdict;
      continue;
    }
    const outcome = rule.target?.apply(flight, scope);
    if (!outcome || outcome.verdict === 'continue') continue;
    if (outcome.verdict === 'return') return undefined;
    return outcome.verdict === 'drop' ? outcome : { verdict: 'accept' };
  }
  return undefined;
}

function traceRule(table: Table, chain: Chain, rule: Rule, flight: PacketInFlight, { namespace, hook }: HookScope): void {
  namespace.trace({ kind: 'rule', packet: flight.packet, hook, table: table.name, chain: chain.name, rule: rule.save() });
}
