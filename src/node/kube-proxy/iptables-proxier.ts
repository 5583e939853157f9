/**
 * Keeps one node's netfilter tables in step with the Services, the way the real proxier does: everything through
 * iptables-restore, nothing behind its back, so a learner's `iptables -D` breaks just what it breaks. A sync writes the
 * chains that all Services share and the chains of those Services that changed; once an hour, or when its canary is gone,
 * everything. See pkg/proxy/iptables/proxier.go (syncProxyRules).
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import type { EndpointSlice } from '../../kinds/endpointslice.ts';
import type { Service } from '../../kinds/service.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import type { Rule } from '../../net/netfilter/rule.ts';
import { restore } from '../../programs/iptables/restore.ts';
import { JUMPS, portRules, renderIptables, type PortRules, type ProxierConfig } from './iptables.ts';
import { ensureJumps } from './jumps.ts';
import { ServicePorts, type ServicePort } from './service-ports.ts';

/** Chains that come and go with Services; one that no rule of ours names any more is deleted. */
const SERVICE_CHAIN = /^KUBE-(SVC|SVL|EXT|FW|SEP)-/;

const CANARY = 'KUBE-PROXY-CANARY';
const TABLES = ['mangle', 'nat', 'filter'] as const;

export class IptablesProxier {
  #ports: ServicePorts | undefined;
  #rules = new Map<ServicePort, PortRules>();
  #cache = new Map<string, Rule>();
  #chains: ReadonlySet<string> = new Set();

  constructor(
    private readonly netns: NetNamespace,
    private readonly config: ProxierConfig,
  ) {}

  /** Somebody deleted the chains that exist only to be missed: the tables were flushed. */
  get canaryIsGone(): boolean {
    return TABLES.some((name) => !this.netns.netfilter.table(name)!.chains.get(CANARY));
  }

  /** @param full write every chain, changed or not, and look for stale ones in the kernel */
  sync(services: readonly Stored<KubeObject>[], slices: readonly Stored<KubeObject>[], nodeName: string, full = this.#ports === undefined): void {
    this.#ports ??= new ServicePorts(nodeName);
    const ports = this.#ports.update(services as readonly Stored<Service>[], slices as readonly Stored<EndpointSlice>[]);
    const rules = new Map(ports.map((port) => [port, this.#rules.get(port) ?? portRules(port, this.config)]));
    const fresh = full ? [...rules.values()] : [...rules].filter(([port]) => !this.#rules.has(port)).map(([, one]) => one);
    const chains = new Set([...rules.values()].flatMap((one) => [...one.chains.keys()]));
    const before = full ? this.#inKernel() : this.#chains;
    const stale = [...before].filter((name) => !chains.has(name) && this.netns.netfilter.table('nat')!.chains.get(name));
    this.#forgetLines(rules);
    restore(this.netns.netfilter, renderIptables([...rules.values()], fresh, stale), { noFlush: true, cache: this.#cache });
    this.#ensureJumps();
    this.#rules = rules;
    this.#chains = chains;
  }

  #inKernel(): ReadonlySet<string> {
    return new Set(this.netns.netfilter.table('nat')!.chains.list().map((chain) => chain.name).filter((name) => SERVICE_CHAIN.test(name)));
  }

  /** The cache holds what is written again and again; of Services that went it would hold on to for ever. */
  #forgetLines(rules: ReadonlyMap<ServicePort, PortRules>): void {
    if (this.#cache.size > 64 + 20 * rules.size) this.#cache = new Map();
  }

  #ensureJumps(): void {
    for (const name of TABLES) {
      if (!this.netns.netfilter.table(name)!.chains.get(CANARY)) restore(this.netns.netfilter, `*${name}\n:${CANARY} - [0:0]\nCOMMIT\n`, { noFlush: true });
    }
    ensureJumps(this.netns.netfilter, JUMPS);
  }
}
