/** How both proxiers hook their chains into the built-in ones, and how `kube-proxy --cleanup` takes everything away again. */
import type { NetNamespace } from '../../net/namespace.ts';
import type { Netfilter } from '../../net/netfilter/netfilter.ts';
import { restore } from '../../programs/iptables/restore.ts';

/** Table, chain, arguments. */
export type Jump = readonly [table: 'nat' | 'filter', chain: string, rule: string];

/** Prepends what is missing, one after the other. */
export function ensureJumps(netfilter: Netfilter, jumps: readonly Jump[]): void {
  for (const [table, chain, rule] of jumps) {
    const target = rule.slice(rule.lastIndexOf('-j ') + 3);
    const present = netfilter.table(table)?.chains.get(chain)?.rules.some((one) => one.targetName === target) ?? false;
    if (!present) restore(netfilter, `*${table}\n-I ${chain} ${rule}\nCOMMIT\n`, { noFlush: true });
  }
}

/** The kubelet's, not kube-proxy's. */
const NOT_OURS = /^KUBE-(KUBELET-CANARY|FIREWALL|MARK-DROP)$/;

/** Whatever either mode left behind: chains and their jumps, virtual services, the device, the sets. */
export function cleanUp(netns: NetNamespace): void {
  const { netfilter } = netns;
  for (const name of ['nat', 'filter', 'mangle'] as const) {
    const table = netfilter.table(name)!;
    const ours = new Set(table.chains.list().map((chain) => chain.name).filter((chain) => chain.startsWith('KUBE-') && !NOT_OURS.test(chain)));
    for (const chain of table.chains.list()) {
      if (!chain.builtin) continue;
      for (const rule of [...chain.rules]) if (rule.chain !== undefined && ours.has(rule.chain)) table.delete(chain.name, rule);
    }
    for (const chain of ours) table.flush(chain);
    for (const chain of ours) table.deleteChain(chain);
  }
  netns.ipvs.flush();
  if (netns.devices.get('kube-ipvs0')) netns.devices.remove('kube-ipvs0');
  for (const { name } of netfilter.sets.list()) if (name.startsWith('KUBE-')) netfilter.sets.destroy(name);
}
