/** Routing rules: which table to look into first. See net/ipv4/fib_rules.c, ip-rule(8). */
import { ANY, type Cidr, contains, type Ipv4 } from '../base/address.ts';
import { NetError } from './errors.ts';

/** A line of `ip rule`. */
export interface RoutingRule {
  readonly priority: number;
  readonly from?: Cidr;
  readonly to?: Cidr;
  readonly mark?: { readonly value: number; readonly mask: number };
  /** Incoming and outgoing device, by name. */
  readonly iif?: string;
  readonly oif?: string;
  readonly not?: boolean;
  readonly action: { readonly kind: 'lookup'; readonly table: string | number; /** Routes to networks no longer than this do not count. */ readonly suppressPrefixLength?: number } | { readonly kind: 'blackhole' | 'unreachable' | 'prohibit' };
}

/** What a rule may ask of a packet besides its destination. */
export interface RuleQuery {
  readonly source?: Ipv4 | undefined;
  readonly mark?: number | undefined;
  readonly inDevice?: string | undefined;
  readonly outDevice?: string | undefined;
}

/** The rules of one namespace. */
export class RoutingRules {
  #rules: RoutingRule[] = [
    { priority: 0, action: { kind: 'lookup', table: 'local' } },
    { priority: 32766, action: { kind: 'lookup', table: 'main' } },
    { priority: 32767, action: { kind: 'lookup', table: 'default' } },
  ];

  /** By priority. */
  list(): readonly RoutingRule[] {
    return this.#rules;
  }

  /** Without a priority: one before the first rule after the local one, as the kernel chooses. @throws NetError EEXIST */
  add(rule: Omit<RoutingRule, 'priority'> & { readonly priority?: number }): void {
    const second = this.#rules[1];
    const added: RoutingRule = { ...rule, priority: rule.priority ?? Math.max(0, (second?.priority ?? 32767) - 1) };
    if (this.#rules.some((present) => same(present, added))) throw new NetError('EEXIST');
    const index = this.#rules.findIndex(({ priority }) => priority > added.priority);
    this.#rules = index < 0 ? [...this.#rules, added] : this.#rules.toSpliced(index, 0, added);
  }

  /** Deletes the first rule that has everything `match` names. @throws NetError ENOENT */
  delete(match: Partial<RoutingRule>): void {
    const index = this.#rules.findIndex((rule) =>
      Object.entries(match).every(([key, value]) => JSON.stringify(rule[key as keyof RoutingRule]) === JSON.stringify(value)),
    );
    if (index < 0) throw new NetError('ENOENT');
    this.#rules = this.#rules.toSpliced(index, 1);
  }

  /** All but the first, as `ip rule flush` leaves it. */
  flush(): void {
    this.#rules = this.#rules.filter(({ priority }) => priority === 0);
  }

  /** The actions to try for a packet, in order. */
  *actions(destination: Ipv4, query: RuleQuery): Iterable<RoutingRule['action']> {
    for (const rule of this.#rules) if (applies(rule, destination, query) !== (rule.not ?? false)) yield rule.action;
  }
}

function applies(rule: RoutingRule, destination: Ipv4, query: RuleQuery): boolean {
  if (rule.from && !contains(rule.from, query.source ?? ANY)) return false;
  if (rule.to && !contains(rule.to, destination)) return false;
  if (rule.mark && (((query.mark ?? 0) ^ rule.mark.value) & rule.mark.mask) !== 0) return false;
  if (rule.iif && rule.iif !== (query.inDevice ?? 'lo')) return false;
  if (rule.oif && rule.oif !== query.outDevice) return false;
  return true;
}

function same(a: RoutingRule, b: RoutingRule): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof RoutingRule>;
  return [...keys].every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}
