/**
 * Felix on one node: keeps the tunnel, the routes to the other nodes' blocks, and the rules for the node's pods in step
 * with the cluster. What it does is ordinary Linux: devices, routes, neighbour entries, address sets, iptables-restore.
 * See felix/dataplane/linux (vxlan_mgr.go, endpoint_mgr.go, policy_mgr.go).
 */
import { ipv4, printCidr } from '../../../base/address.ts';
import type { Disposer } from '../../../base/clock.ts';
import type { KubeObject, Stored } from '../../../api/object.ts';
import type { Machine } from '../../../machine/machine.ts';
import type { Component } from '../../component.ts';
import { allNodes, announce, internalIp, ownNode } from '../node-watch.ts';
import { BlockRoutes } from './block-routes.ts';
import { MTU, type Encapsulation } from './encapsulation.ts';
import type { CalicoIpam } from './ipam.ts';
import { KernelRules, type WantedSet, type WantedSets } from './kernel-rules.ts';
import { policyRules, type ClusterView, type NetworkPolicy, type PolicyPod } from './policy.ts';
import { felixRules, type Workload } from './rules.ts';

/** Felix looks its routes and rules over at this interval and mends what others changed. */
const REFRESH_MS = 90_000;
/** So often it looks whether its tunnel is there and up (keepVXLANDeviceInSync). */
const TUNNEL_MS = 10_000;
/** kube-proxy's device in IPVS mode: Felix then judges packets that the balancer sends on. */
const IPVS_DEVICE = 'kube-ipvs0';

interface PodObject extends KubeObject {
  spec?: { nodeName?: string; hostNetwork?: boolean; serviceAccountName?: string; containers?: { ports?: { name?: string; containerPort: number; protocol?: string }[] }[] };
  status?: { phase?: string; podIP?: string };
}

export class Felix {
  #stops: Disposer[] = [];
  #pending: Disposer | undefined;
  #inSync = false;
  readonly #routes: BlockRoutes;
  readonly #kernel: KernelRules;

  constructor(
    private readonly component: Component,
    private readonly node: Machine,
    private readonly ipam: CalicoIpam,
    private readonly encapsulation: Encapsulation,
  ) {
    this.#routes = new BlockRoutes(component, node, ipam, encapsulation);
    this.#kernel = new KernelRules(node.netns);
  }

  /** Whether it runs and has written everything once: what the readiness probe asks. */
  get ready(): boolean {
    return this.#inSync;
  }

  start(): void {
    const own = ownNode(this.component);
    const address = own && internalIp(own);
    if (!address) return this.#later(1000, () => this.start());
    this.#routes.dropOtherTunnels();
    this.#routes.ensureTunnel(ipv4(address));
    this.node.netns.sysctl.set('net.ipv4.ip_forward', '1');
    this.node.files.mkdir('/var/lib/calico', { recursive: true });
    this.node.files.write('/var/lib/calico/nodename', this.component.nodeName);
    this.node.files.write('/var/lib/calico/mtu', `${MTU[this.encapsulation.mode]}`);
    const tunnelIp = this.#routes.tunnelAddress();
    const annotation = this.encapsulation.mode === 'vxlan' ? 'projectcalico.org/IPv4VXLANTunnelAddr' : 'projectcalico.org/IPv4IPIPTunnelAddr';
    announce(
      this.component,
      { 'projectcalico.org/IPv4Address': `${address}/16`, ...(tunnelIp ? { [annotation]: tunnelIp } : {}) },
      'CalicoIsUp',
      'Calico is running on this node',
    );
    const ask = () => this.#later(0, () => this.#sync(false));
    const { registry } = this.component;
    this.#stops.push(
      ...['nodes', 'pods', 'namespaces', 'networkpolicies.networking.k8s.io'].map((kind) => registry.watch(kind, {}, ask)),
      this.ipam.onClaim(ask),
    );
    this.#every(REFRESH_MS, () => this.#sync(true));
    this.#every(TUNNEL_MS, () => {
      if (this.#routes.ensureTunnel(ipv4(address))) this.#sync(true);
    });
    this.#sync(true);
  }

  /** The process ends; what it wrote into the kernel stays. */
  stop(): void {
    this.#inSync = false;
    this.#pending?.();
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #later(delayMs: number, run: () => void): void {
    this.#pending ??= this.component.clock.schedule(delayMs, () => {
      this.#pending = undefined;
      run();
    });
  }

  #every(periodMs: number, look: () => void): void {
    const cancel = this.component.clock.schedule(periodMs, () => {
      this.#stops = this.#stops.filter((stop) => stop !== cancel);
      look();
      this.#every(periodMs, look);
    });
    this.#stops.push(cancel);
  }

  #sync(mend: boolean): void {
    this.#routes.sync();
    const pods = this.component.registry.list('pods').items as readonly Stored<PodObject>[];
    const workloads = this.#workloads(pods);
    const policies = policyRules(this.#view(pods), new Set(workloads.map((one) => `${one.namespace}/${one.pod}`)));
    const rules = felixRules(workloads, policies, { encapsulation: this.encapsulation.mode, ipvs: this.node.netns.devices.get(IPVS_DEVICE) !== undefined });
    this.#kernel.write(rules, new Map([...this.#fixedSets(), ...policies.sets]), mend);
    this.#inSync = true;
  }

  #workloads(pods: readonly Stored<PodObject>[]): readonly Workload[] {
    return pods
      .filter((pod) => pod.spec?.nodeName === this.component.nodeName && isWorkload(pod))
      .map((pod) => ({ namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, serviceAccount: pod.spec?.serviceAccountName ?? 'default' }))
      .sort((a, b) => (`${a.namespace}/${a.pod}` < `${b.namespace}/${b.pod}` ? -1 : 1));
  }

  /** Without policies nobody asks for the pods. */
  #view(pods: readonly Stored<PodObject>[]): ClusterView {
    const { registry } = this.component;
    const policies = registry.list('networkpolicies.networking.k8s.io').items as readonly Stored<NetworkPolicy>[];
    if (policies.length === 0) return { pods: [], namespaces: new Map(), policies };
    const namespaces = new Map(registry.list('namespaces').items.map((namespace) => [namespace.metadata.name, namespace.metadata.labels ?? {}]));
    return { pods: pods.filter(isWorkload).map(policyPod), namespaces, policies };
  }

  /** The sets that the fixed rules name. */
  #fixedSets(): WantedSets {
    const own = ownNode(this.component);
    const nodes = allNodes(this.component).flatMap((node) => internalIp(node) ?? []).sort();
    const pool = { type: 'hash:net', members: [printCidr(this.ipam.pool)] } as const;
    return new Map<string, WantedSet>([
      ['cali40all-ipam-pools', pool],
      ['cali40masq-ipam-pools', this.encapsulation.natOutgoing ? pool : { type: 'hash:net', members: [] }],
      ['cali40all-vxlan-net', { type: 'hash:net', members: nodes.filter((address) => address !== (own && internalIp(own))) }],
      ['cali40all-hosts-net', { type: 'hash:net', members: nodes }],
      ['cali40this-host', { type: 'hash:ip', members: this.#hostAddresses() }],
    ]);
  }

  /** The node's own addresses; those of Services on kube-proxy's device are not its own. */
  #hostAddresses(): readonly string[] {
    const { netns } = this.node;
    return netns.devices.list().filter((device) => device.name !== IPVS_DEVICE && !device.name.startsWith('cali')).flatMap((device) => netns.addresses(device.name).map((one) => one.address.address)).sort();
  }
}

/** A pod with a network of its own that has not ended. */
function isWorkload(pod: Stored<PodObject>): boolean {
  return !pod.spec?.hostNetwork && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
}

function policyPod(pod: Stored<PodObject>): PolicyPod {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return {
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    ip: pod.status?.podIP,
    labels: pod.metadata.labels ?? {},
    ports: ports.flatMap((port) => (port.name ? [{ name: port.name, protocol: port.protocol ?? 'TCP', port: port.containerPort }] : [])),
  };
}
