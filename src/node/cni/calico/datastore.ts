/**
 * Calico's objects in the API: made by the first calico-node of the environment it finds, read ever after, and the
 * blocks of addresses that its node has, kept in step with what is given out. Knows no rules and no devices.
 * See calico/node/pkg/startup and libcalico-go/lib/backend/k8s/resources.
 */
import { isEqual } from '../../../api/deep.ts';
import type { KubeObject, Stored } from '../../../api/object.ts';
import { ApiError } from '../../../api/status.ts';
import { parseCidr, printCidr } from '../../../base/address.ts';
import type { Disposer } from '../../../base/clock.ts';
import { uuid } from '../../../base/rng.ts';
import type { Kind } from '../../../kinds/kind.ts';
import type { Registry } from '../../../kinds/registry.ts';
import type { Component } from '../../component.ts';
import { poolEncapsulation, type Encapsulation } from './encapsulation.ts';
import type { BlockView, CalicoIpam } from './ipam.ts';

const GROUP = 'crd.projectcalico.org';
const POOL = 'default-ipv4-ippool';
/** How soon it looks again for definitions that are not established yet. */
const RETRY_MS = 200;
/** A cluster of long ago has none, and never will. */
const LONGEST_RETRY_MS = 60_000;
/** Several addresses that are given out at once become one write. */
const WRITE_MS = 100;

interface Spec extends KubeObject {
  spec?: Record<string, unknown>;
}

export class CalicoDatastore {
  readonly #stops = new Set<Disposer>();
  #pending: Disposer | undefined;

  constructor(
    private readonly component: Component,
    private readonly ipam: CalicoIpam,
    private readonly env: ReadonlyMap<string, string>,
  ) {}

  /** As the pool says, once there is one; undefined before. */
  encapsulation(): Encapsulation | undefined {
    const kind = kindOf(this.component.registry, 'ippools');
    const pools = kind ? (this.component.registry.list(kind).items as readonly Stored<Spec>[]) : [];
    const pool = pools.find(({ metadata }) => metadata.name === POOL) ?? pools[0];
    return pool ? poolEncapsulation(pool.spec ?? {}) : undefined;
  }

  /** @param onPool told when the pool may have changed */
  start(onPool: () => void, retryMs = RETRY_MS): void {
    const { registry } = this.component;
    const kinds = ['ippools', 'clusterinformations', 'felixconfigurations', 'ipamblocks', 'blockaffinities'].map((plural) => kindOf(registry, plural));
    const [pools] = kinds;
    if (!pools || kinds.includes(undefined)) return this.#later(retryMs, () => this.start(onPool, Math.min(2 * retryMs, LONGEST_RETRY_MS)));
    this.#makeDefaults();
    this.#stops.add(registry.watch(pools, {}, onPool));
    this.#stops.add(this.ipam.onChange(() => this.#later(WRITE_MS, () => this.#writeBlocks())));
    this.#writeBlocks();
    onPool();
  }

  stop(): void {
    this.#pending?.();
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }

  #later(delayMs: number, run: () => void): void {
    this.#pending ??= this.component.clock.schedule(delayMs, () => {
      this.#pending = undefined;
      run();
    });
  }

  #makeDefaults(): void {
    const { env, ipam, component } = this;
    const mode = (name: string) => (env.get(name) === 'Off' ? 'Never' : (env.get(name) ?? 'Never'));
    this.#make('ippools', POOL, {
      allowedUses: ['Workload', 'Tunnel'], assignmentMode: 'Automatic', blockSize: 26, cidr: printCidr(ipam.pool), ipipMode: mode('CALICO_IPV4POOL_IPIP'),
      natOutgoing: (env.get('CALICO_IPV4POOL_NAT_OUTGOING') ?? 'true') === 'true', nodeSelector: 'all()', vxlanMode: mode('CALICO_IPV4POOL_VXLAN'),
    });
    this.#make('clusterinformations', 'default', { calicoVersion: 'v3.32.1', clusterGUID: uuid(component.rng).replaceAll('-', ''), clusterType: `${env.get('CLUSTER_TYPE') ?? 'k8s'},kdd`, datastoreReady: true });
    this.#make('felixconfigurations', 'default', { bpfConnectTimeLoadBalancing: 'TCP', bpfHostNetworkedNATWithoutCTLB: 'Enabled', floatingIPs: 'Disabled', logSeverityScreen: 'Info', reportingInterval: '0s' });
  }

  #make(plural: string, name: string, spec: Record<string, unknown>): void {
    const { registry } = this.component;
    const kind = kindOf(registry, plural);
    if (kind && !registry.find(kind, name)) attempt(() => registry.create(kind, objectOf(kind, name, spec)));
  }

  #writeBlocks(): void {
    const { nodeName, clock } = this.component;
    for (const block of this.ipam.views().filter(({ node }) => node === nodeName)) {
      const name = printCidr(block.cidr).replaceAll(/[./]/g, '-');
      this.#write('blockaffinities', `${nodeName}-${name}`, () => ({ cidr: printCidr(block.cidr), deleted: 'false', node: nodeName, state: 'confirmed', type: 'host' }));
      this.#write('ipamblocks', name, (before) => blockSpec(block, before, new Date(clock.unixMs()).toISOString().replace('T', ' ').replace(/\..*/, ' +0000 UTC')));
    }
  }

  #write(plural: string, name: string, make: (before: Readonly<Record<string, unknown>> | undefined) => Record<string, unknown>): void {
    const { registry } = this.component;
    const kind = kindOf(registry, plural);
    if (!kind) return;
    const current = registry.find(kind, name) as Stored<Spec> | undefined;
    const spec = make(current?.spec);
    if (!current) return attempt(() => registry.create(kind, objectOf(kind, name, spec)));
    if (!isEqual({ ...spec, sequenceNumber: 0 }, { ...current.spec, sequenceNumber: 0 })) attempt(() => registry.update(kind, { ...current, spec } as unknown as KubeObject));
  }
}

/** What a restarted cluster had given to whom: nodes keep their blocks. */
export function adoptBlocks(registry: Registry, ipam: CalicoIpam): void {
  const kind = kindOf(registry, 'blockaffinities');
  for (const { spec } of kind ? (registry.list(kind).items as readonly Stored<Spec>[]) : []) {
    const cidr = parseCidr(String(spec?.['cidr'] as string));
    if (cidr) ipam.adopt(cidr, String(spec?.['node'] as string));
  }
}

function blockSpec({ cidr, node, given, free }: BlockView, before: Readonly<Record<string, unknown>> | undefined, now: string): Record<string, unknown> {
  interface Attribute { readonly handle_id: string; readonly secondary: Readonly<Record<string, string>> }
  const known = (before?.['attributes'] as readonly Attribute[] | undefined) ?? [];
  const attributes = [...given.values()].map(({ handle, owner }): Attribute => known.find((one) => one.handle_id === handle) ?? { handle_id: handle, secondary: { ...owner, node, timestamp: now } });
  const ordinals = [...given.keys()];
  return {
    affinity: `host:${node}`,
    allocations: Array.from({ length: 64 }, (_, ordinal) => (given.has(ordinal) ? ordinals.indexOf(ordinal) : null)),
    attributes,
    cidr: printCidr(cidr),
    deleted: false,
    sequenceNumber: Number((before?.['sequenceNumber'] as number | undefined) ?? 0) + 1,
    strictAffinity: false,
    unallocated: [...free],
  };
}

const kindOf = (registry: Registry, plural: string): Kind | undefined => registry.kinds.find((one) => one.group === GROUP && one.plural === plural);

const objectOf = (kind: Kind, name: string, spec: Record<string, unknown>): KubeObject => ({ apiVersion: `${GROUP}/${kind.version}`, kind: kind.kind, metadata: { name }, spec }) as KubeObject;

/** Somebody else was first, or the definition went: the next look finds it as it is. */
function attempt(write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
