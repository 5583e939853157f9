/**
 * Felix's hand on one node's netfilter: writes what changed, chain by chain and set by set, and mends on request what
 * others changed. Chains that did not change keep their counters. See felix/iptables/table.go, felix/ipsets.
 */
import type { SetType } from '../../../net/netfilter/ipset.ts';
import type { NetNamespace } from '../../../net/namespace.ts';
import { restore } from '../../../programs/iptables/restore.ts';
import type { FelixRules } from './rules.ts';

/** What should be in a set. */
export interface WantedSet {
  readonly type: SetType;
  readonly members: readonly string[];
}

/** Sets by name. */
export type WantedSets = ReadonlyMap<string, WantedSet>;

const OURS = /^cali40/;

export class KernelRules {
  #sets = new Map<string, string>();
  readonly #chains = new Map<string, string>();

  constructor(private readonly netns: NetNamespace) {}

  /** @param mend look at what is in the kernel instead of at what was written last */
  write(rules: FelixRules, sets: WantedSets, mend: boolean): void {
    // A rule cannot name a set that is not there, and a set that a rule names cannot go.
    this.#writeSets(sets, mend);
    for (const table of ['filter', 'nat'] as const) this.#writeTable(table, rules.tables[table], mend);
    this.#hook(rules);
    for (const table of ['filter', 'nat'] as const) this.#dropStale(table, rules.tables[table]);
    for (const { name } of this.netns.netfilter.sets.list()) if (OURS.test(name) && !sets.has(name)) this.netns.netfilter.sets.destroy(name);
  }

  #writeSets(wanted: WantedSets, mend: boolean): void {
    const written = new Map<string, string>();
    for (const [name, { type, members }] of wanted) {
      const text = members.join(' ');
      written.set(name, text);
      if (this.#sets.get(name) === text && !mend) continue;
      const present = this.netns.netfilter.sets.get(name);
      if (present?.type === type && present.list().map((entry) => entry.text).sort().join(' ') === [...members].sort().join(' ')) continue;
      // Felix's MaxIPSetSize.
      this.netns.netfilter.sets.replace(name, type, members, { maxElements: 1_048_576 });
    }
    this.#sets = written;
  }

  #writeTable(name: 'filter' | 'nat', chains: ReadonlyMap<string, readonly string[]>, mend: boolean): void {
    const table = this.netns.netfilter.table(name)!;
    const changed = [...chains].filter(([chain, lines]) => {
      const present = table.chains.get(chain);
      if (!present || this.#chains.get(`${name} ${chain}`) !== lines.join('\n')) return true;
      return mend && present.rules.map((rule) => idOf(rule.save())).join() !== lines.map(idOf).join();
    });
    if (changed.length === 0) return;
    restore(this.netns.netfilter, [
      `*${name}`,
      ...changed.map(([chain]) => `:${chain} - [0:0]`),
      ...changed.flatMap(([chain, lines]) => lines.map((line) => `-A ${chain} ${line}`)),
      'COMMIT',
      '',
    ].join('\n'), { noFlush: true });
    for (const [chain, lines] of changed) this.#chains.set(`${name} ${chain}`, lines.join('\n'));
  }

  #hook(rules: FelixRules): void {
    for (const [table, chain, where, rule] of rules.hooks) {
      const id = idOf(rule);
      const present = this.netns.netfilter.table(table)?.chains.get(chain)?.rules.some((one) => idOf(one.save()) === id) ?? false;
      if (!present) restore(this.netns.netfilter, `*${table}\n${where === 'first' ? '-I' : '-A'} ${chain} ${rule}\nCOMMIT\n`, { noFlush: true });
    }
  }

  #dropStale(name: 'filter' | 'nat', wanted: ReadonlyMap<string, readonly string[]>): void {
    const stale = this.netns.netfilter.table(name)!.chains.list().map((chain) => chain.name).filter((chain) => chain.startsWith('cali-') && !wanted.has(chain));
    if (stale.length === 0) return;
    // First empty them all, then delete: they may refer to each other.
    restore(this.netns.netfilter, `*${name}\n${stale.map((chain) => `:${chain} - [0:0]\n`).join('')}${stale.map((chain) => `-X ${chain}\n`).join('')}COMMIT\n`, { noFlush: true });
    for (const chain of stale) this.#chains.delete(`${name} ${chain}`);
  }
}

const idOf = (rule: string): string | undefined => /cali:[-\w]{16}/.exec(rule)?.[0];
