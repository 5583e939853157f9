/**
 * What packets, Services and policies cost inside the simulator: packets per second from pod to Service to pod across
 * nodes, one more Service among many in both modes of kube-proxy, and a matrix of policies. Growth is what counts.
 */
import { ipv4, type Ipv4 } from '../../src/base/address.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { KubeObject, Stored } from '../../src/api/object.ts';
import { createVeth } from '../../src/net/device/veth.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import { World } from '../../src/net/world.ts';
import { policyRules, type NetworkPolicy, type PolicyPod } from '../../src/node/cni/calico/policy.ts';
import { IptablesProxier } from '../../src/node/kube-proxy/iptables-proxier.ts';
import { IpvsProxier } from '../../src/node/kube-proxy/ipvs-proxier.ts';
import { apply, bootForTest, podOf, ready } from '../support/simulation.ts';
import { median } from './statistics.ts';

export type ProxyMode = 'iptables' | 'ipvs';

/** Datagrams per second of real time, each a connection of its own, from a pod over a Service to pods of both nodes. */
export async function packetsPerSecond(proxyMode: ProxyMode, count = 3000): Promise<number> {
  const sim = await bootForTest({ proxyMode });
  const pod = (name: string, node: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: ${name === 'client' ? 'client' : 'web'}}}\nspec: {nodeName: ${node}, containers: [{name: main, image: busybox, command: [sleep, infinity]}]}\n---\n`;
  apply(sim, `${pod('client', 'cka-lab-worker')}${pod('one', 'cka-lab-worker')}${pod('two', 'cka-lab-worker2')}apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, clusterIP: 10.96.7.7, ports: [{port: 80, protocol: UDP}]}\n`);
  const [client] = await ready(sim, 'client', 'one', 'two');
  const namespaceOf = (address: string) => sim.world.namespaces.find((one) => one.addresses('eth0').some((own) => own.address.address === address))!;
  const from = namespaceOf(client!);
  let arrived = 0;
  for (const name of ['one', 'two']) namespaceOf(podOf(sim, name)!.status!.podIP!).capture('eth0', ({ direction, frame }) => void (direction === 'in' && frame.payload.type === 'ipv4' && arrived++));
  const send = (sourcePort: number) =>
    void from.send({ type: 'ipv4', source: ipv4(client!), destination: ipv4('10.96.7.7'), ttl: 64, payload: { protocol: 'udp', sourcePort, destinationPort: 80, data: 'x' } });
  // Addresses of neighbours are asked for before the clock starts.
  for (let i = 0; i < 50; i++) send(5000 + i);
  await sim.settle(3000);
  arrived = 0;
  const start = performance.now();
  for (let sent = 0; sent < count; sent += 100) {
    for (let i = 0; i < 100; i++) send(10_000 + sent + i);
    sim.clock.advanceTo(sim.clock.now() + 5);
  }
  const seconds = (performance.now() - start) / 1000;
  if (arrived < count * 0.99) throw new Error(`only ${arrived} of ${count} datagrams arrived`);
  return Math.round(count / seconds);
}

function serviceObject(index: number): Stored<KubeObject> {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: `s${index}`, namespace: 'default' }, spec: { clusterIP: `10.96.${(index >> 8) + 1}.${index & 255}`, ports: [{ port: 80, protocol: 'TCP' }] } } as unknown as Stored<KubeObject>;
}

function sliceObject(index: number): Stored<KubeObject> {
  const endpoints = [1, 2].map((which) => ({ addresses: [`10.244.${(index >> 7) & 127}.${(index * 2 + which) & 255}`], conditions: { ready: true }, nodeName: which === 1 ? 'node' : 'other' }));
  return {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: `s${index}-x`, namespace: 'default', labels: { 'kubernetes.io/service-name': `s${index}` } },
    addressType: 'IPv4', ports: [{ name: '', protocol: 'TCP', port: 80 }], endpoints,
  } as unknown as Stored<KubeObject>;
}

/** Milliseconds of a node's kube-proxy for one more Service among `count`, median of seven. */
export function serviceChangeMs(mode: ProxyMode, count: number): number {
  const clock = new EventClock(0);
  const netns: NetNamespace = new World({ clock, rng: seededRng(1) }).createNamespace('node');
  netns.devices.setUp('lo', true);
  netns.sysctl.loadIpvs();
  const config = { clusterCidr: '10.244.0.0/16', masqueradeAll: false };
  const proxier = mode === 'iptables' ? new IptablesProxier(netns, config) : new IpvsProxier(netns, { ...config, scheduler: 'rr', nodeIp: '172.18.0.2' }, clock);
  const services = Array.from({ length: count }, (_, index) => serviceObject(index));
  const slices = Array.from({ length: count }, (_, index) => sliceObject(index));
  proxier.sync(services, slices, 'node');
  return median(Array.from({ length: 7 }, (_, index) => {
    services.push(serviceObject(count + index));
    slices.push(sliceObject(count + index));
    const start = performance.now();
    proxier.sync([...services], [...slices], 'node');
    return performance.now() - start;
  }));
}

/** Milliseconds to turn so many policies over so many pods into chains and sets of one node. */
export function policyMatrixMs(policyCount: number, podCount: number): number {
  const pods = Array.from({ length: podCount }, (_, index): PolicyPod => ({ namespace: `n${index % 10}`, name: `p${index}`, ip: `10.244.0.${index}` as Ipv4, labels: { app: `a${index % 7}`, tier: `t${index % 3}` }, ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] }));
  const policies = Array.from({ length: policyCount }, (_, index) => ({
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `p${index}`, namespace: `n${index % 10}` },
    spec: { podSelector: { matchLabels: { tier: `t${index % 3}` } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: `a${index % 7}` } }, namespaceSelector: {} }], ports: [{ port: 'http' }, { port: 80 }] }] },
  })) as unknown as readonly Stored<NetworkPolicy>[];
  const namespaces = new Map(Array.from({ length: 10 }, (_, index) => [`n${index}`, { name: `n${index}` }] as const));
  const local = new Set(pods.filter((_, index) => index % 3 === 0).map((pod) => `${pod.namespace}/${pod.name}`));
  return median(Array.from({ length: 7 }, () => {
    const start = performance.now();
    policyRules({ pods, namespaces, policies }, local);
    return performance.now() - start;
  }));
}

/** Milliseconds of real time for a loop of two routers: hop limits end it, however many packets are thrown in. */
export function routingLoopMs(packets: number): number {
  const clock = new EventClock(0);
  const world = new World({ clock, rng: seededRng(1) });
  const [a, b] = [world.createNamespace('a'), world.createNamespace('b')];
  createVeth({ ns: a, name: 'eth0' }, { ns: b, name: 'eth0' });
  for (const [host, own, other] of [[a, '10.0.0.1', '10.0.0.2'], [b, '10.0.0.2', '10.0.0.1']] as const) {
    host.devices.setUp('lo', true);
    host.devices.setUp('eth0', true);
    host.addAddress('eth0', { address: ipv4(own), prefix: 24 });
    host.routes.add({ destination: { address: ipv4('192.0.2.0'), prefix: 24 }, via: ipv4(other) });
    host.sysctl.set('net.ipv4.ip_forward', '1');
  }
  const start = performance.now();
  for (let index = 0; index < packets; index++) a.send({ type: 'ipv4', source: ipv4('10.0.0.1'), destination: ipv4('192.0.2.1'), ttl: 64, payload: { protocol: 'udp', sourcePort: 1000 + index, destinationPort: 9, data: '' } });
  clock.advanceTo(10_000);
  return performance.now() - start;
}
