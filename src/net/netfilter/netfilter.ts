/**
 * The tables of one namespace, and what a packet meets at a hook. See net/netfilter/core.c, nf_nat_core.c
 * (nf_nat_inet_fn). What `iptables -L` prints and what a packet meets are the same objects.
 */
import type { PacketInFlight } from '../in-flight.ts';
import { balance } from '../ipvs/balance.ts';
import { natDone, natEnd, setupNullNat, translate } from '../nat.ts';
import type { NetNamespace } from '../namespace.ts';
import type { DropReason } from '../trace.ts';
import { evaluate } from './evaluate.ts';
import { type HookName, STAGES, TABLES, type TableName } from './hooks.ts';
import { IpSets } from './ipset.ts';
import { Accounting, RecentLists } from './objects.ts';
import { Table } from './table.ts';

/** Whether the packet goes on. */
export type Verdict = { readonly verdict: 'accept' } | { readonly verdict: 'drop'; readonly reason: DropReason };

const PASS: Verdict = { verdict: 'accept' };

/** Hooks, tables and sets of one namespace. */
export class Netfilter {
  readonly sets: IpSets;
  readonly recent = new RecentLists();
  readonly accounting = new Accounting();
  /** What LOG wrote, for the kernel log. */
  onLog: ((line: string) => void) | undefined;
  readonly #tables = new Map<TableName, Table>();

  constructor(private readonly namespace: NetNamespace) {
    this.sets = new IpSets(() => namespace.world.clock.now());
    for (const name of Object.keys(TABLES) as TableName[]) {
      this.#tables.set(
        name,
        new Table(name, (rule) => {
          if (name === 'nat' || rule.usesConntrack) namespace.conntrack.enabled = true;
        }),
      );
    }
  }

  /** filter, nat, mangle or raw; undefined for any other name. */
  table(name: string): Table | undefined {
    return this.#tables.get(name as TableName);
  }

  /** Whether the packet goes on; one that does not is accounted for already. */
  accepts(hook: HookName, flight: PacketInFlight): boolean {
    const verdict = this.run(hook, flight);
    if (verdict.verdict === 'accept') return !flight.stolen;
    this.namespace.dropped(flight.packet, verdict.reason, flight.outDevice ?? flight.inDevice);
    return false;
  }

  /** Everything that waits at a hook, in order. */
  run(hook: HookName, flight: PacketInFlight): Verdict {
    const { conntrack } = this.namespace;
    for (const stage of STAGES[hook]) {
      if (stage === 'track') {
        if (!conntrack.track(flight)) return this.#tableFull();
      } else if (stage === 'ipvs') {
        if (this.namespace.ipvs.idle || flight.balanced) continue;
        const verdict = balance(this.namespace, hook, flight);
        if (verdict.verdict === 'drop' || flight.stolen) return verdict;
      }
      else if (stage === 'confirm') {
        // Two packets of one connection raced for the same answer: the later one is lost, as in Linux.
        if (!conntrack.confirm(flight)) return { verdict: 'drop', reason: 'nat-exhausted' };
      } else {
        const verdict = stage === 'nat' ? this.#nat(hook, flight) : this.#visit(stage, hook, flight);
        if (verdict.verdict === 'drop') return verdict;
      }
    }
    return PASS;
  }

  #tableFull(): Verdict {
    this.onLog?.('nf_conntrack: nf_conntrack: table full, dropping packet');
    return { verdict: 'drop', reason: 'conntrack-full' };
  }

  #visit(name: TableName, hook: HookName, flight: PacketInFlight): Verdict {
    const table = this.#tables.get(name)!;
    return table.idle ? PASS : evaluate(table, flight, { namespace: this.namespace, hook });
  }

  /** Rules are asked about the first packet of a connection only; the rest follows its decision. */
  #nat(hook: HookName, flight: PacketInFlight): Verdict {
    const { tracking } = flight;
    if (!tracking?.entry) return PASS;
    const end = natEnd(hook);
    const { entry } = tracking;
    if (tracking.state === 'NEW' && !entry.status.confirmed && !natDone(entry, end)) {
      const verdict = this.#visit('nat', hook, flight);
      if (verdict.verdict === 'drop') return verdict;
      if (!natDone(entry, end) && !setupNullNat(this.namespace, entry, end)) return { verdict: 'drop', reason: 'nat-exhausted' };
    }
    translate(this.namespace, flight, hook);
    return PASS;
  }
}
