/** A table of chains: what iptables edits. Refuses what the kernel refuses. Evaluation is in `evaluate.ts`. */
import { assert } from '../../base/assert.ts';
import { NetError } from '../errors.ts';
import { BUILTIN, type HookName, TABLES, type TableName } from './hooks.ts';
import type { Rule } from './rule.ts';

const HOOKS_BY_CHAIN = new Map((Object.keys(BUILTIN) as HookName[]).map((hook) => [BUILTIN[hook], hook]));

/** A chain and its rules. */
export interface Chain {
  readonly name: string;
  readonly builtin: boolean;
  /** Of built-in chains: what becomes of a packet that no rule decided about. */
  policy: 'ACCEPT' | 'DROP' | undefined;
  rules: Rule[];
  readonly counters: { packets: number; bytes: number };
}

/** One table. */
export class Table {
  readonly #chains = new Map<string, Chain>();
  /** How many rules lead to each chain. */
  readonly #uses = new Map<string, number>();

  /** @param onRule told of every rule that comes in */
  constructor(
    readonly name: TableName,
    private readonly onRule: (rule: Rule) => void,
  ) {
    for (const chain of TABLES[name]) this.#chains.set(chain, { name: chain, builtin: true, policy: 'ACCEPT', rules: [], counters: { packets: 0, bytes: 0 } });
  }

  /** To look at; what changes them are the methods below. `list` has built-in chains first, then the others by name. */
  readonly chains = {
    get: (chain: string): Chain | undefined => this.#chains.get(chain),
    list: (): readonly Chain[] => {
      const builtin = TABLES[this.name].map((name) => this.#chains.get(name)!);
      return [...builtin, ...[...this.#chains.values()].filter((chain) => !chain.builtin).sort((a, b) => (a.name < b.name ? -1 : 1))];
    },
  };

  /** Nothing in it could touch a packet. */
  get idle(): boolean {
    // Asked for every packet at every hook: a table may have thousands of chains.
    for (const name of TABLES[this.name]) {
      const chain = this.#chains.get(name)!;
      if (chain.rules.length > 0 || chain.policy !== 'ACCEPT') return false;
    }
    return true;
  }

  /** How many rules lead to a chain: `iptables -L` prints it, and a chain in use cannot go. */
  references(chain: string): number {
    return this.#uses.get(chain) ?? 0;
  }

  /** @throws NetError EEXIST */
  addChain(name: string): void {
    if (this.#chains.has(name)) throw new NetError('EEXIST');
    this.#chains.set(name, { name, builtin: false, policy: undefined, rules: [], counters: { packets: 0, bytes: 0 } });
  }

  /** @throws NetError EBUSY a rule leads there, or it has rules; EINVAL built in; ENOENT */
  deleteChain(name: string): void {
    const chain = this.require(name);
    if (chain.builtin) throw new NetError('EINVAL');
    if (chain.rules.length > 0 || this.references(name) > 0) throw new NetError('EBUSY');
    this.#chains.delete(name);
  }

  /** Rules that lead to it follow it. @throws NetError EEXIST, EINVAL, ENOENT */
  rename(name: string, newName: string): void {
    const chain = this.require(name);
    if (chain.builtin) throw new NetError('EINVAL');
    if (this.#chains.has(newName)) throw new NetError('EEXIST');
    this.#chains.delete(name);
    this.#chains.set(newName, { ...chain, name: newName });
    for (const other of this.#chains.values()) other.rules = other.rules.map((rule) => (rule.chain === name ? rule.redirectedTo(newName) : rule));
    this.#uses.set(newName, this.references(name));
    this.#uses.delete(name);
  }

  /** @throws NetError EINVAL only built-in chains have one; ENOENT */
  setPolicy(name: string, policy: 'ACCEPT' | 'DROP'): void {
    const chain = this.require(name);
    if (!chain.builtin) throw new NetError('EINVAL');
    chain.policy = policy;
  }

  append(name: string, rule: Rule): void {
    const chain = this.require(name);
    this.#check(name, rule);
    chain.rules.push(rule);
    this.#adopt(rule);
  }

  /** @param position counts from 1 @throws NetError ENOENT no such chain or position; ELOOP */
  insert(name: string, position: number, rule: Rule): void {
    const chain = this.require(name);
    if (position < 1 || position > chain.rules.length + 1) throw new NetError('ENOENT');
    this.#check(name, rule);
    chain.rules.splice(position - 1, 0, rule);
    this.#adopt(rule);
  }

  /** @throws NetError ENOENT no such chain or position; ELOOP */
  replace(name: string, position: number, rule: Rule): void {
    const chain = this.require(name);
    if (position < 1 || position > chain.rules.length) throw new NetError('ENOENT');
    this.#check(name, rule);
    this.#abandon(chain.rules[position - 1]!);
    chain.rules[position - 1] = rule;
    this.#adopt(rule);
  }

  /** By position or by a rule that says the same. @throws NetError ENOENT */
  delete(name: string, which: number | Rule): void {
    const index = typeof which === 'number' ? which - 1 : this.find(name, which);
    if (!this.require(name).rules[index]) throw new NetError('ENOENT');
    for (const rule of this.require(name).rules.splice(index, 1)) this.#abandon(rule);
  }

  /** Where a rule that says the same stands, or -1: `iptables -C`. */
  find(name: string, rule: Rule): number {
    const wanted = rule.save();
    return this.require(name).rules.findIndex((present) => present.save() === wanted);
  }

  flush(name?: string): void {
    for (const chain of name === undefined ? this.#chains.values() : [this.require(name)]) {
      for (const rule of chain.rules) this.#abandon(rule);
      chain.rules = [];
    }
  }

  /** Make a chain what it was: for whoever takes back what it has done. */
  putBack(before: Chain): void {
    const chain = this.#chains.get(before.name) ?? { ...before, rules: [] };
    this.#chains.set(before.name, chain);
    this.flush(before.name);
    for (const rule of before.rules) {
      chain.rules.push(rule);
      this.#adopt(rule);
    }
    chain.policy = before.policy;
    Object.assign(chain.counters, before.counters);
  }

  #adopt(rule: Rule): void {
    if (rule.chain !== undefined) this.#uses.set(rule.chain, this.references(rule.chain) + 1);
    this.onRule(rule);
  }

  #abandon(rule: Rule): void {
    if (rule.chain === undefined) return;
    const left = this.references(rule.chain) - 1;
    if (left > 0) this.#uses.set(rule.chain, left);
    else this.#uses.delete(rule.chain);
  }

  /** Forget the counters. */
  zero(name?: string): void {
    for (const chain of name === undefined ? this.#chains.values() : [this.require(name)]) {
      for (const counters of [chain.counters, ...chain.rules.map((rule) => rule.counters)]) {
        counters.packets = 0;
        counters.bytes = 0;
      }
    }
  }

  /** @throws NetError ENOENT */
  require(name: string): Chain {
    const chain = this.#chains.get(name);
    if (!chain) throw new NetError('ENOENT');
    return chain;
  }

  /** A rule must fit its place, and a chain must not lead back to itself, by whatever detour. */
  #check(name: string, rule: Rule): void {
    const hook = HOOKS_BY_CHAIN.get(name);
    if (!rule.allowedIn(this.name, hook)) throw new NetError('EINVAL');
    if (rule.chain === undefined) return;
    const next = this.require(rule.chain);
    assert(!next.builtin, 'a rule leads to a built-in chain');
    const seen = new Set<string>();
    const leadsBack = (chain: string): boolean => {
      if (chain === name) return true;
      if (seen.has(chain)) return false;
      seen.add(chain);
      return (this.#chains.get(chain)?.rules ?? []).some((other) => other.chain !== undefined && leadsBack(other.chain));
    };
    if (leadsBack(rule.chain)) throw new NetError('ELOOP');
  }
}
