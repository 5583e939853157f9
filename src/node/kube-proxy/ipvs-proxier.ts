/**
 * Keeps one node's balancer in step with the Services: virtual services and servers in the kernel, their addresses on
 * kube-ipvs0, and the sets that a handful of rules ask. See pkg/proxy/ipvs/proxier.go, graceful_termination.go.
 *
 * Differs from Kubernetes: IPv4 only, so no KUBE-6-… sets; access to a load balancer's address from nodes outside its
 * source ranges is not cut (that takes `-m ipvs`).
 */
import type { Clock } from '../../base/clock.ts';
import { cidr, contains, ipv4, isLoopback, parseCidr, type Ipv4 } from '../../base/address.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { EndpointSlice } from '../../kinds/endpointslice.ts';
import type { Service } from '../../kinds/service.ts';
import { createDummy } from '../../net/device/dummy.ts';
import type { IpvsProtocol, IpvsService, IpvsServiceKey } from '../../net/ipvs/services.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import { restore } from '../../programs/iptables/restore.ts';
import { ensureJumps } from './jumps.ts';
import type { ProxierConfig } from './iptables.ts';
import { IPVS_JUMPS, renderIpvs } from './ipvs-rules.ts';
import { IPVS_SET_NAMES, IPVS_SETS, type IpvsSetName } from './ipvs-sets.ts';
import { ServicePorts, type Endpoint, type ServicePort } from './service-ports.ts';

export const IPVS_DEVICE = 'kube-ipvs0';

/** Servers that were taken away keep their connections; the manager looks after them once a minute. */
const LEAVING_CHECK_MS = 60_000;

export interface IpvsProxierConfig extends ProxierConfig {
  readonly scheduler: string;
  readonly nodeIp: string;
}

interface NodePortScope {
  readonly add: (set: IpvsSetName, entry: string) => void;
  readonly serve: (address: Ipv4, number: number, onlyLocal: boolean) => void;
  readonly nodeAddresses: readonly Ipv4[];
}

interface Wanted {
  readonly key: Extract<IpvsServiceKey, { port: number }>;
  readonly port: ServicePort;
  readonly endpoints: readonly Endpoint[];
}

export class IpvsProxier {
  #ports: ServicePorts | undefined;
  #checking = false;

  constructor(
    private readonly netns: NetNamespace,
    private readonly config: IpvsProxierConfig,
    private readonly clock: Clock,
  ) {}

  sync(services: readonly Stored<KubeObject>[], slices: readonly Stored<KubeObject>[], nodeName: string): void {
    this.#ports ??= new ServicePorts(nodeName);
    const ports = this.#ports.update(services as readonly Stored<Service>[], slices as readonly Stored<EndpointSlice>[]);
    this.#ensureDevice();
    const entries = new Map<IpvsSetName, Set<string>>(IPVS_SET_NAMES.map((name) => [name, new Set()]));
    const nodeAddresses = this.#nodeAddresses();
    const wanted = new Map<string, Wanted>();
    const bound = new Set<Ipv4>();
    for (const port of ports) this.#collect(port, { entries, nodeAddresses, wanted, bound });
    for (const address of bound) entries.get('KUBE-IPVS-IPS')!.add(address);
    this.#syncAddresses(bound);
    for (const one of wanted.values()) this.#syncService(one);
    for (const { key } of this.netns.ipvs.list()) if ('port' in key && !wanted.has(nameOf(key))) this.netns.ipvs.deleteService(key);
    this.#syncSets(entries);
    restore(this.netns.netfilter, renderIpvs(entries, this.config), { noFlush: true });
    ensureJumps(this.netns.netfilter, IPVS_JUMPS);
  }

  #ensureDevice(): void {
    // The device stays down: its addresses are local all the same, and nothing is ever sent through it.
    if (!this.netns.devices.get(IPVS_DEVICE)) createDummy(this.netns, IPVS_DEVICE);
  }

  #nodeAddresses(): readonly Ipv4[] {
    return this.netns.devices.list().filter((device) => device.name !== IPVS_DEVICE).flatMap((device) => this.netns.addresses(device.name)).map((one) => one.address.address).filter((address) => !isLoopback(address));
  }

  #collect(port: ServicePort, into: { readonly entries: ReadonlyMap<IpvsSetName, Set<string>>; readonly nodeAddresses: readonly Ipv4[]; readonly wanted: Map<string, Wanted>; readonly bound: Set<Ipv4> }): void {
    const { entries, nodeAddresses, wanted, bound } = into;
    const add = (set: IpvsSetName, entry: string) => void entries.get(set)!.add(entry);
    const serve = (address: Ipv4, number: number, onlyLocal: boolean) => {
      const key = { protocol: port.protocol, address, port: number };
      // Without endpoints here the Local policy falls back to all: pods of this node must reach the Service.
      wanted.set(nameOf(key), { key, port, endpoints: onlyLocal && port.local.length > 0 ? port.local : port.cluster });
    };
    const portal = (address: string) => `${address},${port.protocol}:${port.port}`;
    for (const { ip, port: number } of port.cluster.filter((endpoint) => endpoint.isLocal)) add('KUBE-LOOP-BACK', `${ip},${port.protocol}:${number},${ip}`);
    add('KUBE-CLUSTER-IP', portal(port.clusterIp));
    serve(port.clusterIp as Ipv4, port.port, port.internalLocal);
    bound.add(port.clusterIp as Ipv4);
    for (const address of [...port.externalIps, ...port.loadBalancerIps]) {
      serve(address as Ipv4, port.port, port.externalLocal);
      if (!nodeAddresses.includes(address as Ipv4)) bound.add(address as Ipv4);
    }
    for (const address of port.externalIps) add(port.externalLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP', portal(address));
    for (const address of port.loadBalancerIps) {
      add('KUBE-LOAD-BALANCER', portal(address));
      if (port.externalLocal) add('KUBE-LOAD-BALANCER-LOCAL', portal(address));
      if (port.sourceRanges.length > 0) add('KUBE-LOAD-BALANCER-FW', portal(address));
      for (const range of port.sourceRanges) add('KUBE-LOAD-BALANCER-SOURCE-CIDR', `${portal(address)},${range}`);
      if (port.sourceRanges.some((range) => contains(parseCidr(range) ?? cidr('255.255.255.255/32'), ipv4(this.config.nodeIp)))) add('KUBE-LOAD-BALANCER-SOURCE-IP', `${portal(address)},${address}`);
    }
    if (port.nodePort !== undefined) this.#nodePort(port, { add, serve, nodeAddresses });
    if (port.healthCheckNodePort) add('KUBE-HEALTH-CHECK-NODE-PORT', String(port.healthCheckNodePort));
  }

  #nodePort(port: ServicePort, { add, serve, nodeAddresses }: NodePortScope): void {
    const number = port.nodePort!;
    const suffix = port.protocol === 'sctp' ? 'SCTP-HASH' : (port.protocol.toUpperCase() as 'TCP' | 'UDP');
    const members = port.protocol === 'sctp' ? nodeAddresses.map((address) => `${address},sctp:${number}`) : [String(number)];
    for (const entry of members) {
      add(`KUBE-NODE-PORT-${suffix}`, entry);
      if (port.externalLocal) add(`KUBE-NODE-PORT-LOCAL-${suffix}`, entry);
    }
    for (const address of nodeAddresses) serve(address, number, port.externalLocal);
  }

  #syncAddresses(bound: ReadonlySet<Ipv4>): void {
    const present = new Set(this.netns.addresses(IPVS_DEVICE).map((one) => one.address.address));
    for (const address of bound) if (!present.has(address)) this.netns.addAddress(IPVS_DEVICE, { address, prefix: 32 }, { scope: 'global' });
    for (const address of present) if (!bound.has(address)) this.netns.deleteAddress(IPVS_DEVICE, { address, prefix: 32 });
  }

  #syncService({ key, port, endpoints }: Wanted): void {
    const { ipvs } = this.netns;
    const options = { scheduler: this.config.scheduler, ...(port.affinitySeconds === undefined ? {} : { persistentSeconds: port.affinitySeconds }) };
    const present = ipvs.get(key);
    const service = present ?? ipvs.addService(key, options);
    if (present && (present.scheduler !== options.scheduler || present.persistentSeconds !== options.persistentSeconds)) ipvs.editService(key, options);
    this.#syncServers(service, key, endpoints);
  }

  #syncServers(service: IpvsService, key: Wanted['key'], endpoints: readonly Endpoint[]): void {
    const { ipvs } = this.netns;
    const masq = { forwarding: 'masq', weight: 1 } as const;
    const wanted = new Set(endpoints.map((endpoint) => `${endpoint.ip}:${endpoint.port}`));
    const present = new Map(service.destinations.map((server) => [`${server.address}:${server.port}`, server]));
    for (const endpoint of endpoints) {
      const server = present.get(`${endpoint.ip}:${endpoint.port}`);
      if (!server) ipvs.addDestination(key, ipv4(endpoint.ip), endpoint.port, masq);
      else if (server.weight !== 1) ipvs.editDestination(key, server.address, server.port, masq);
    }
    for (const [name, server] of present) {
      if (wanted.has(name)) continue;
      // Connections of TCP may finish; datagrams would go on into nothing.
      if (key.protocol === 'tcp' && server.activeConnections + server.inactiveConnections > 0) {
        ipvs.editDestination(key, server.address, server.port, { ...masq, weight: 0 });
        this.#checkLeaving();
      } else ipvs.deleteDestination(key, server.address, server.port);
    }
  }

  #checkLeaving(): void {
    if (this.#checking) return;
    this.#checking = true;
    this.clock.schedule(LEAVING_CHECK_MS, () => {
      this.#checking = false;
      let left = 0;
      // Looking at the table also forgets what has timed out.
      this.netns.ipvs.connections.list();
      for (const { key, destinations } of this.netns.ipvs.list()) {
        for (const server of [...destinations]) {
          if (server.weight !== 0) continue;
          if (server.activeConnections + server.inactiveConnections > 0) left++;
          else this.netns.ipvs.deleteDestination(key, server.address, server.port);
        }
      }
      if (left > 0) this.#checkLeaving();
    });
  }

  #syncSets(entries: ReadonlyMap<IpvsSetName, ReadonlySet<string>>): void {
    const { sets } = this.netns.netfilter;
    for (const [name, wanted] of entries) {
      const [type] = IPVS_SETS[name];
      const set = sets.get(name)?.type === type ? sets.get(name)! : sets.replace(name, type, []);
      const present = new Set(set.list().map((entry) => entry.text));
      for (const entry of present) if (!wanted.has(entry)) set.delete(entry);
      for (const entry of wanted) if (!present.has(entry) && !set.has(entry)) set.add(entry);
    }
  }
}

const nameOf = (key: { readonly protocol: IpvsProtocol; readonly address: Ipv4; readonly port: number }) => `${key.protocol} ${key.address}:${key.port}`;
