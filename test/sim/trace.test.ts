/** `cka trace` on a cluster: what it says of packets that arrive, and of each way to die, with the object behind it. */
import { expect, test, vi } from 'vitest';
import { tracePicture, traceText, traceVerdict, type Trace } from '../../src/cluster/trace.ts';
import { apply, bootForTest, run } from '../support/simulation.ts';

// Booting a cluster has its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const sim = await bootForTest();
apply(sim, `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { nodeName: cka-lab-worker, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: guarded, labels: { app: guarded } }
spec: { nodeName: cka-lab-worker, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { nodeName: cka-lab-worker2, containers: [{ name: client, image: busybox, command: [sleep, 1d] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: empty }
spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: astray }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8081 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: sink, labels: { app: sink } }
spec: { nodeName: cka-lab-worker, hostname: sink-0, subdomain: heads, containers: [{ name: sink, image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [netexec, '--udp-port=514'], ports: [{ name: log, containerPort: 514, protocol: UDP }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: heads }
spec: { clusterIP: None, selector: { app: sink }, ports: [{ port: 514, protocol: UDP }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: keep-out }
spec: { podSelector: { matchLabels: { app: guarded } }, policyTypes: [Ingress] }
`);
await sim.settle(10_000);

async function trace(from: string, to: string): Promise<Trace> {
  let answer: Trace | undefined;
  let failure: unknown;
  sim.trace({ from, to }).then((one) => (answer = one), (error: unknown) => (failure = error));
  while (!answer && failure === undefined) await sim.settle(20);
  if (!answer) throw failure;
  return answer;
}

const ROWS: readonly (readonly [from: string, to: string, verdict: string])[] = [
  ['client', 'web', '✔ It was answered.'],
  ['client', 'pod/web', '✔ It was answered.'],
  ['cka-lab-worker2', 'web:80', '✔ It was answered.'],
  ['client', 'empty', '✘ It was rejected, and the sender told so. Service default/empty has no endpoints: no ready pod fits its selector.'],
  ['client', 'astray', '✘ The connection was refused. Nothing listens on port 8081 at pod default/web, where Service default/astray sends it.'],
  ['client', 'web:81', '✘ It was dropped. Service default/web has no port 81: its address exists only in the rules for its ports, and nobody routes it.'],
  ['client', 'pod/web:81', '✘ The connection was refused. Nothing listens on port 81 at pod default/web.'],
  ['client', 'guarded', '✘ It was dropped. Pod default/guarded may not receive this: NetworkPolicy keep-out selects it for ingress, and no rule of it allows the packet.'],
  ['client', '8.8.8.8', '✘ It was dropped. The gateway of the nodes has no route to 8.8.8.8.'],
  // UDP, where the object or the question says so.
  ['client', 'kube-system/kube-dns', '✔ It was answered.'],
  ['client', 'svc/kube-dns:53/udp', '✔ It was answered.'],
  ['client', 'kube-dns.kube-system:dns-tcp', '✔ It was answered.'],
  ['client', 'kube-system/kube-dns:54/udp', '✘ It was dropped. Service kube-system/kube-dns has no port 54/UDP: its address exists only in the rules for its ports, and nobody routes it.'],
  ['client', 'pod/sink', '✔ It was delivered. UDP itself answers nothing, and neither did the process.'],
  ['client', 'pod/web:53/udp', '✘ It was refused. Nothing listens on port 53/UDP at pod default/web.'],
  // Names that only DNS knows, as the sender would ask for them.
  ['client', 'web.default.svc.cluster.local', '✔ It was answered.'],
  ['client', 'sink-0.heads:514/udp', '✔ It was delivered. UDP itself answers nothing, and neither did the process.'],
  ['sink-0.heads.default.svc.cluster.local', 'web', '✔ It was answered.'],
  ['node-0', 'node-1', '✔ It was answered.'],
];

test.each(ROWS)('%s → %s: %s', async (from, to, verdict) => {
  const found = await trace(from, to);
  expect(traceVerdict(found), traceText(found).join('\n')).toBe(verdict);
});

test('a policy that drops is named as an object', async () => {
  expect((await trace('client', 'guarded')).cause?.objects).toEqual([{ kind: 'NetworkPolicy', name: 'keep-out', namespace: 'default' }]);
});

test('the way of a Service across nodes: rewrite, envelope, wire, process', async () => {
  const { hops } = await trace('client', 'web');
  expect([...new Set(hops.map(({ place }) => place))]).toEqual(['pod default/client', 'node cka-lab-worker2', 'the wire between the nodes', 'node cka-lab-worker', 'pod default/web']);
  expect(hops.filter(({ kind }) => kind === 'translated')).toHaveLength(1);
  expect(hops.some(({ encapsulation }) => encapsulation === 'vxlan')).toBe(true);
  expect(hops.at(-1)).toMatchObject({ kind: 'delivered', detail: 'nginx' });
});

test('the picture: a box for every place, none of its lines cut or wider than asked for', async () => {
  const found = await trace('client', 'web');
  const lines = tracePicture(found, 80);
  expect(lines.filter((line) => /^[┌│└]/.test(line) && line.length !== 80)).toEqual([]);
  expect(lines.filter((line) => line.startsWith('┌'))).toHaveLength(5);
  expect(lines.join('').replace(/ *││ +/g, ' ')).toContain('-j DNAT --to-destination');
  expect(lines.at(-1)).toBe('✔ It was answered.');
});

test('a name that DNS was asked for is told with what it is', async () => {
  const found = await trace('client', 'sink-0.heads');
  expect([found.from, found.to, found.said]).toEqual(['pod default/client', 'pod default/sink', `sink-0.heads is ${found.address} to pod default/client`]);
});

test('an end that does not exist is told', async () => {
  await expect(trace('nope', 'web')).rejects.toThrow('No running pod, no node and no machine is called "nope".');
  await expect(trace('client', 'nope:80')).rejects.toThrow('Nothing here is called "nope", and 10.96.0.10, whom pod default/client asks, does not know that name.');
});

const KEEP = 'ip route | grep "dev vxlan.calico" > /tmp/kept';
const PUT_BACK = 'while read route; do ip route replace $route; done < /tmp/kept';

/** What a learner breaks on a node, what a packet then dies of, and how it is mended. */
const BROKEN: readonly (readonly [what: string, node: string, broken: string, verdict: RegExp, mended: string])[] = [
  ['a rule typed by hand drops', 'cka-lab-worker', 'iptables -I FORWARD 1 -p tcp --dport 80 -j DROP', /^✘ It was dropped\. On node cka-lab-worker, the rule "-A FORWARD -p tcp -m tcp --dport 80 -j DROP" of table filter dropped the packet\.$/, 'iptables -D FORWARD 1'],
  ['a rule typed by hand rejects', 'cka-lab-worker', 'iptables -I FORWARD 1 -p tcp --dport 80 -j REJECT --reject-with tcp-reset', /^✘ It was rejected, and the sender told so\. On node cka-lab-worker, the rule "-A FORWARD .* -j REJECT --reject-with tcp-reset" of table filter rejected the packet\.$/, 'iptables -D FORWARD 1'],
  ['a policy of a chain drops', 'cka-lab-worker', 'iptables -t mangle -P PREROUTING DROP', /^✘ It was dropped\. On node cka-lab-worker, the policy DROP of chain PREROUTING in table mangle dropped the packet\.$/, 'iptables -t mangle -P PREROUTING ACCEPT'],
  ['the answer is dropped on its way', 'cka-lab-worker', 'iptables -I FORWARD 1 -p tcp --sport 80 -j DROP', /^✘ Nobody answered\. Pod default\/web got it, but the answer was lost on its way back: On node cka-lab-worker, the rule "-A FORWARD -p tcp -m tcp --sport 80 -j DROP" of table filter dropped the packet\.$/, 'iptables -D FORWARD 1'],
  ["the pod's end of the cable is down", 'cka-lab-worker', 'ip route | grep "dev cali" > /tmp/pods; for one in $(cut -d" " -f3 /tmp/pods); do ip link set $one down; done', /^✘ It was dropped\. A route on node cka-lab-worker says that 10\.244\.[0-9.]+ is to be thrown away: pod default\/web has that address, but its device cali[0-9a-f]+ is down, and so its route is gone\.$/, 'for one in $(cut -d" " -f3 /tmp/pods); do ip link set $one up; done; while read route; do ip route replace $route; done < /tmp/pods'],
  ['the route to the other node is gone', 'cka-lab-worker2', `${KEEP}; for block in $(cut -d" " -f1 /tmp/kept); do ip route del $block; done`, /^✘ It was dropped\. The gateway of the nodes has no route to 10\.244\.[0-9.]+: node cka-lab-worker2 had no better way than 0\.0\.0\.0\/0 via 172\.18\.0\.1 dev eth0\.$/, PUT_BACK],
  ['the way back leads elsewhere, and rp_filter looks', 'cka-lab-worker', `${KEEP}; sysctl -q -w net.ipv4.conf.all.rp_filter=1; for block in $(cut -d" " -f1 /tmp/kept); do ip route replace $block via 172.18.0.1; done`, /^✘ It was dropped\. Node cka-lab-worker would answer through another device than the packet came in by \(rp_filter\)\.$/, `${PUT_BACK}; sysctl -q -w net.ipv4.conf.all.rp_filter=0`],
  ['the node of the target is off the wire', 'cka-lab-worker', 'ip link set eth0 down', /^✘ It was dropped\. Nobody on the wire has the MAC address that the packet was sent to: the machine that had it is off, or its device is down\.$/, 'ip link set eth0 up'],
  ['the tunnel is down', 'cka-lab-worker', 'ip link set vxlan.calico down', /^✘ It was dropped\./, 'ip link set vxlan.calico up'],
  ['nobody forwards between devices any more', 'cka-lab-worker', 'sysctl -q -w net.ipv4.ip_forward=0', /^✘ It was dropped\. Node cka-lab-worker does not forward: net\.ipv4\.ip_forward is 0\.$/, 'sysctl -q -w net.ipv4.ip_forward=1'],
];

test.each(BROKEN)('%s', async (_what, node, broken, verdict, mended) => {
  const onNode = async (command: string) => expect(await run(sim, `node:${node}`, command)).toMatchObject({ code: 0, stderr: '' });
  await onNode(broken);
  const found = await trace('client', 'web');
  expect(traceVerdict(found), traceText(found).join('\n')).toMatch(verdict);
  await onNode(mended);
});
