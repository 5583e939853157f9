/** Services of every shape, under both modes of kube-proxy and both plug-ins: who answers, and under which address the client is seen. */
import { afterAll, describe, expect, it } from 'vitest';
import type { KubeObject, Stored } from '../../src/api/object.ts';
import { cidr, ipv4 } from '../../src/base/address.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, podOf, ready, run } from '../support/simulation.ts';

interface Cluster {
  readonly sim: Simulation;
  readonly ips: Readonly<Record<string, string>>;
  readonly nodes: { readonly worker: string; readonly worker2: string };
}

const clusters = new Map<string, Promise<Cluster>>();

/** Servers `one` (worker) and `two` (worker2) behind most Services, a client on each worker. */
async function boot(cni: 'calico' | 'flannel', proxyMode: 'iptables' | 'ipvs'): Promise<Cluster> {
  const sim = await bootForTest({ cni, proxyMode });
  const server = (name: string, node: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: web, pod: ${name}}}\nspec: {nodeName: ${node}, containers: [{name: main, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [netexec, --http-port=80, --udp-port=80]}]}\n---\n`;
  const client = (name: string, node: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeName: ${node}, containers: [{name: main, image: nicolaka/netshoot, command: [sleep, infinity]}]}\n---\n`;
  const service = (name: string, spec: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {${spec}}\n---\n`;
  apply(sim, [
    server('one', 'cka-lab-worker'), server('two', 'cka-lab-worker2'), client('near', 'cka-lab-worker'), client('far', 'cka-lab-worker2'),
    service('plain', 'selector: {app: web}, ports: [{port: 80}]'),
    service('sticky', 'selector: {app: web}, sessionAffinity: ClientIP, ports: [{port: 80}]'),
    service('empty', 'selector: {app: nobody}, type: NodePort, ports: [{port: 80, nodePort: 30090}]'),
    service('node', 'selector: {app: web}, type: NodePort, ports: [{port: 80, nodePort: 30080}]'),
    service('local', 'selector: {pod: one}, type: NodePort, externalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30081}]'),
    service('inside', 'selector: {pod: one}, internalTrafficPolicy: Local, ports: [{port: 80}]'),
    service('self', 'selector: {pod: one}, ports: [{port: 80}]'),
    service('outer', 'selector: {app: web}, externalIPs: [192.0.2.7], ports: [{port: 80}]'),
    service('udp', 'selector: {pod: two}, ports: [{port: 80, protocol: UDP}]'),
    service('sctp', 'selector: {app: web}, ports: [{port: 80, protocol: SCTP}]'),
    service('balanced', 'selector: {pod: one}, type: LoadBalancer, ports: [{port: 80}]'),
    service('guarded', 'selector: {app: web}, type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24], ports: [{port: 80}]'),
    service('nearest', 'selector: {pod: one}, type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 32111, ports: [{port: 80}]'),
  ].join(''));
  // Nobody here is a cloud: what a load balancer's controller would write, we write.
  for (const [name, ip] of Object.entries(BALANCED)) sim.registry.patch('services', name, 'default', { type: 'merge', body: { status: { loadBalancer: { ingress: [{ ip }] } } } }, { subresource: 'status' });
  await ready(sim, 'one', 'two', 'near', 'far');
  await sim.settle(3000);
  const ips = Object.fromEntries(['one', 'two', 'near', 'far'].map((name) => [name, podOf(sim, name)!.status!.podIP!]));
  return { sim, ips, nodes: { worker: nodeIp(sim, 'cka-lab-worker'), worker2: nodeIp(sim, 'cka-lab-worker2') } };
}

/** Addresses that a load balancer sends on to the nodes, as they are. */
const BALANCED = { balanced: '192.0.2.1', guarded: '192.0.2.2', nearest: '192.0.2.3' };

/** What a client outside hears: its packets come to a node with the load balancer's address still on them. */
async function askFromOutside({ sim, nodes }: Cluster, node: keyof Cluster['nodes'], address: string, source: string): Promise<string> {
  const { namespace, bridge } = sim.lan;
  namespace.addAddress(bridge.name, cidr(`${source}/32`));
  namespace.routes.replace({ destination: cidr(`${address}/32`), via: ipv4(nodes[node]), source: ipv4(source) });
  let outcome: string | undefined;
  const attempt = async () => {
    const connection = await namespace.sockets.connectTcp({ destination: ipv4(address), port: 80, source: ipv4(source) });
    connection.write('GET /hostname HTTP/1.0\r\n\r\n');
    let text = '';
    for (let part = await connection.read(); part !== undefined; part = await connection.read()) text += part;
    return text.split('\r\n\r\n')[1] ?? '';
  };
  void attempt().then((text) => (outcome = text), (error: unknown) => (outcome = (error as { code: string }).code));
  await sim.settleUntil(() => outcome !== undefined, 10_000);
  namespace.deleteAddress(bridge.name, cidr(`${source}/32`));
  return outcome ?? 'silence';
}

function nodeIp(sim: Simulation, name: string): string {
  return (sim.registry.find('nodes', name) as Stored<KubeObject> & { status: { addresses: { type: string; address: string }[] } }).status.addresses.find((one) => one.type === 'InternalIP')!.address;
}

const clusterIp = (sim: Simulation, name: string) => (sim.registry.find('services', name, 'default') as Stored<KubeObject> & { spec: { clusterIP: string } }).spec.clusterIP;

afterAll(() => clusters.clear());

/** Where the request goes: a Service's name, or `worker:30080`. */
function target({ sim, nodes }: Cluster, to: string): string {
  const [name = '', port] = to.split(':');
  if (name in nodes) return `${nodes[name as keyof typeof nodes]}:${port}`;
  return /^\d/.test(name) ? to : `${clusterIp(sim, name)}:80`;
}

/** `one sees near`: which server answered eight requests, and whom it saw; or curl's exit code. */
async function ask(cluster: Cluster, from: string, to: string): Promise<string> {
  const names = new Map([...Object.entries(cluster.ips).map(([name, ip]) => [ip, name] as const), ...Object.entries(cluster.nodes).map(([name, ip]) => [ip, name] as const)]);
  const url = `http://${target(cluster, to)}`;
  const { stdout } = await run(cluster.sim, from, `for i in 1 2 3 4 5 6 7 8; do curl -s -m 2 ${url}/hostname && echo -n ' ' && curl -s -m 2 ${url}/clientip || echo "exit $?"; echo; curl -s -m 2 -o /dev/null ${url}/; done`, 120_000);
  const lines = stdout.split('\n').filter((line) => line !== '').map((line) => line.replace(/\d+\.\d+\.\d+\.\d+(:\d+)?$/, (address) => names.get(address.split(':')[0]!) ?? 'tunnel'));
  const answered = lines.filter((line) => !line.startsWith('exit'));
  if (answered.length === 0) return lines[0] ?? 'nothing';
  const servers = [...new Set(answered.map((line) => line.split(' ')[0]!))].sort().join('+');
  return `${servers} sees ${[...new Set(answered.map((line) => line.split(' ')[1]!))].sort().join('+')}${answered.length < lines.length ? ' sometimes' : ''}`;
}

/** from, to, what comes of it; `masq` is the address that the client's node has on the way to the server. */
const ROWS: readonly (readonly [from: string, to: string, outcome: RegExp])[] = [
  ['near', 'plain', /^one\+two sees near$/],
  ['far', 'plain', /^one\+two sees far$/],
  ['node:cka-lab-worker', 'plain', /^one\+two sees (worker|tunnel)(\+(worker|tunnel))?$/],
  ['near', 'empty', /^exit 7$/],
  ['node:cka-lab-worker', 'empty', /^exit 7$/],
  ['near', 'sticky', /^(one|two) sees near$/],
  ['near', 'worker2:30080', /^one\+two sees /],
  ['node:cka-lab-control-plane', 'worker:30080', /^one\+two sees /],
  ['node:cka-lab-worker', 'worker:30080', /^one\+two sees /],
  ['node:cka-lab-control-plane', 'worker:30090', /^exit 7$/],
  ['node:cka-lab-worker2', 'worker:30081', /^one sees worker2$/],
  ['near', 'inside', /^one sees near$/],
  ['one', 'self', /^one sees (worker|tunnel)$/],
  ['near', '192.0.2.7:80', /^one\+two sees /],
];

describe.each([['calico', 'iptables'], ['calico', 'ipvs'], ['flannel', 'iptables'], ['flannel', 'ipvs']] as const)('%s with kube-proxy in %s mode', (cni, mode) => {
  const cluster = () => {
    const key = `${cni} ${mode}`;
    if (!clusters.has(key)) clusters.set(key, boot(cni, mode));
    return clusters.get(key)!;
  };

  it.each(ROWS)('%s → %s', async (from, to, outcome) => {
    expect(await ask(await cluster(), from, to)).toMatch(outcome);
  });

  it('a Local policy without a pod here: iptables drops, IPVS serves all the same', async () => {
    const { sim } = await cluster();
    const inside = await ask(await cluster(), 'far', 'inside');
    expect(inside).toBe(mode === 'iptables' ? 'exit 28' : 'one sees far');
    expect(clusterIp(sim, 'inside')).toMatch(/^10\.96\./);
  });

  it.each([
    ['worker', BALANCED.balanced, '203.0.113.9', 'one'],
    ['worker2', BALANCED.balanced, '203.0.113.9', 'one'],
    ['worker', BALANCED.guarded, '203.0.113.9', /^(one|two)$/],
    ['worker', BALANCED.guarded, '198.51.100.9', 'silence'],
    ['worker', BALANCED.nearest, '198.51.100.9', 'one'],
  ] as const)('a load balancer sends to %s what is for %s, from %s: %s', async (node, address, source, outcome) => {
    expect(await askFromOutside(await cluster(), node, address, source)).toEqual(outcome instanceof RegExp ? expect.stringMatching(outcome) : outcome);
  });

  it('a load balancer that does not look at the health check sends to a node without an endpoint', async () => {
    // iptables drops it. IPVS sends it on, and the pod's answer is not what the client asked for; Flannel alone
    // masquerades what comes from outside, so that the answer finds its way back.
    const outcome = cni === 'flannel' && mode === 'ipvs' ? 'one' : 'silence';
    expect(await askFromOutside(await cluster(), 'worker2', BALANCED.nearest, '198.51.100.9')).toBe(outcome);
  });

  it('tells load balancers which node has an endpoint', async () => {
    const { sim } = await cluster();
    const health = async (node: string) => (await run(sim, node, 'curl -s -w " %{http_code}\\n" localhost:32111/; curl -si localhost:32111/any | grep -i weight')).stdout.replaceAll('\r', '');
    const body = (count: number) => `{\n\t"service": {\n\t\t"namespace": "default",\n\t\t"name": "nearest"\n\t},\n\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`;
    expect(await health('node:cka-lab-worker')).toBe(`${body(1)} 200\nX-Load-Balancing-Endpoint-Weight: 1\n`);
    expect(await health('node:cka-lab-worker2')).toBe(`${body(0)} 503\nX-Load-Balancing-Endpoint-Weight: 0\n`);
  });

  it('a health check gets a port of its own, for as long as it is needed', async () => {
    const { sim } = await cluster();
    apply(sim, 'apiVersion: v1\nkind: Service\nmetadata: {name: asked}\nspec: {selector: {app: web}, type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]}\n');
    const port = () => (sim.registry.find('services', 'asked', 'default') as Stored<KubeObject> & { spec: { healthCheckNodePort?: number } }).spec.healthCheckNodePort;
    expect(port()).toSatisfy((one: number) => one >= 30000 && one <= 32767);
    sim.registry.patch('services', 'asked', 'default', { type: 'merge', body: { spec: { externalTrafficPolicy: 'Cluster' } } });
    expect(port()).toBeUndefined();
    sim.registry.delete('services', 'asked', 'default');
  });

  it('is healthy itself', async () => {
    const { sim } = await cluster();
    const { stdout } = await run(sim, 'node:cka-lab-worker', 'curl -s -w " %{http_code}" localhost:10256/healthz');
    expect(stdout).toMatch(/^\{"lastUpdated": "2026-11-21 [\d:.]+ \+0000 UTC m=\+[\d.]+","currentTime": "2026-11-21 [\d:.]+ \+0000 UTC m=\+[\d.]+", "nodeEligible": true\} 200$/);
  });

  it('answers datagrams', async () => {
    const { sim } = await cluster();
    expect((await run(sim, 'near', `echo hostname | nc -u -w 2 ${clusterIp(sim, 'udp')} 80`)).stdout).toContain('two');
  });
});
