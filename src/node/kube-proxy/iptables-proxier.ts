/**
 * Keeps one node's netfilter tables in step with the Services, the way the real proxier does: everything through
 * iptables-restore, nothing behind its back, so a learner's `iptables -D` breaks just what it breaks.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import type { EndpointSlice } from '../../kinds/endpointslice.ts';
import type { Service } from '../../kinds/service.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import { restore } from '../../programs/iptables/restore.ts';
import { JUMPS, renderIptables, type ProxierConfig } from './iptables.ts';
import { ensureJumps } from './jumps.ts';
import { servicePorts } from './service-ports.ts';

/** Chains that come and go with Services; one that no rule of ours names any more is deleted. */
const SERVICE_CHAIN = /^KUBE-(SVC|SVL|EXT|FW|SEP)-/;

const CANARY = 'KUBE-PROXY-CANARY';

export class IptablesProxier {
  #filled: ReadonlySet<string> = new Set();

  constructor(
    private readonly netns: NetNamespace,
    private readonly config: ProxierConfig,
  ) {}

  sync(services: readonly Stored<KubeObject>[], slices: readonly Stored<KubeObject>[], nodeName: string): void {
    const { text, natChains } = renderIptables(
      servicePorts(services as readonly Stored<Service>[], slices as readonly Stored<EndpointSlice>[], nodeName),
      this.config,
    );
    restore(this.netns.netfilter, text, { noFlush: true });
    this.#ensureJumps();
    this.#dropStale(natChains);
    this.#filled = natChains;
  }

  #ensureJumps(): void {
    for (const name of ['mangle', 'nat', 'filter'] as const) {
      if (!this.netns.netfilter.table(name)?.chains.get(CANARY)) restore(this.netns.netfilter, `*${name}\n:${CANARY} - [0:0]\nCOMMIT\n`, { noFlush: true });
    }
    ensureJumps(this.netns.netfilter, JUMPS);
  }

  #dropStale(filled: ReadonlySet<string>): void {
    const present = this.netns.netfilter.table('nat')?.chains.list().map((chain) => chain.name) ?? [];
    const stale = present.filter((name) => SERVICE_CHAIN.test(name) && !filled.has(name) && (this.#filled.has(name) || this.#filled.size === 0));
    if (stale.length === 0) return;
    // First empty them all, then delete: they refer to each other.
    restore(this.netns.netfilter, `*nat\n${stale.map((name) => `:${name} - [0:0]`).join('\n')}\n${stale.map((name) => `-X ${name}`).join('\n')}\nCOMMIT\n`, { noFlush: true });
  }
}
