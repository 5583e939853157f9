/** From iptables to IPVS and back: what it takes, what it writes, what it leaves behind, what it says when the kernel cannot. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject, Stored } from '../../src/api/object.ts';
import { collect } from '../../src/machine/streams.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, ready, run } from '../support/simulation.ts';

const NODE = 'node:cka-lab-worker';

let sim: Simulation;
beforeAll(async () => {
  sim = await bootForTest();
  apply(sim, `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: cka-lab-worker2, containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, type: NodePort, sessionAffinity: ClientIP, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
`);
  await ready(sim, 'web');
  await sim.settle(3000);
});

function setMode(mode: string): void {
  const config = sim.registry.find('configmaps', 'kube-proxy', 'kube-system') as Stored<KubeObject> & { data: Record<string, string> };
  sim.registry.patch('configmaps', 'kube-proxy', 'kube-system', { type: 'merge', body: { data: { 'config.conf': config.data['config.conf']!.replace(/^mode: .*$/m, `mode: ${mode}`) } } });
}

interface ProxyPod extends KubeObject {
  status?: { containerStatuses?: { ready: boolean; restartCount: number; state: { waiting?: { reason: string } } }[] };
}

const proxyPods = () => sim.registry.list('pods', { namespace: 'kube-system', labelSelector: 'k8s-app=kube-proxy' }).items as readonly Stored<ProxyPod>[];

/** As `kubectl rollout restart` would: every pod anew. */
async function restart(settled: (pod: Stored<ProxyPod>) => boolean = (pod) => pod.status?.containerStatuses?.[0]?.ready === true): Promise<void> {
  const old = new Set(proxyPods().map((pod) => pod.metadata.uid));
  for (const pod of proxyPods()) sim.registry.delete('pods', pod.metadata.name, 'kube-system');
  await sim.settle(3000);
  if (!(await sim.settleUntil(() => proxyPods().length === 3 && proxyPods().every((pod) => !old.has(pod.metadata.uid) && settled(pod)), 120_000))) throw new Error(JSON.stringify(proxyPods().map((pod) => pod.status)));
  await sim.settle(3000);
}

const netns = () => sim.nodes.get('cka-lab-worker')!.machine.netns;
const chains = (table: string, pattern: RegExp) => netns().netfilter.table(table)!.chains.list().map((chain) => chain.name).filter((name) => pattern.test(name));
const rules = (table: string, chain: string) => netns().netfilter.table(table)!.chains.get(chain)!.rules.map((rule) => rule.save());
const services = () => netns().ipvs.list().map(({ key, scheduler, persistentSeconds, destinations }) => `${'mark' in key ? '' : `${key.protocol} ${key.address}:${key.port}`} ${scheduler}${persistentSeconds ? ` persistent ${persistentSeconds}` : ''} -> ${destinations.map((one) => `${one.address}:${one.port} ${one.forwarding} ${one.weight}`).sort().join(', ')}`).sort();

describe('switching kube-proxy to IPVS', () => {
  it('takes more than the ConfigMap', async () => {
    setMode('ipvs');
    await sim.settle(120_000);
    expect((await run(sim, NODE, 'curl -s localhost:10249/proxyMode')).stdout).toBe('iptables');
  });

  it('crash-loops where the kernel has no ip_vs, in the real words', async () => {
    await restart((pod) => pod.status?.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff');
    const log = (await run(sim, NODE, 'cat /var/log/pods/kube-system_kube-proxy-*/kube-proxy/*.log')).stdout;
    expect(log).toContain(`"Error running ProxyServer" err="can't use the IPVS proxier: Ipvs not supported"`);
    expect(log).toContain('Could not get ipvs family information from the kernel.');
    // What was there before still works.
    expect((await run(sim, NODE, 'curl -s -o /dev/null -w "%{http_code}" localhost:30080')).stdout).toBe('200');
  });

  it('runs once the modules are there, with the services, addresses, sets and rules of the real one', async () => {
    for (const node of sim.nodes.keys()) await run(sim, `node:${node}`, 'modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh nf_conntrack');
    await restart();
    expect((await run(sim, NODE, 'curl -s localhost:10249/proxyMode')).stdout).toBe('ipvs');
    const clusterIp = (name: string, namespace = 'default') => (sim.registry.find('services', name, namespace) as Stored<KubeObject> & { spec: { clusterIP: string } }).spec.clusterIP;
    expect(services()).toEqual(expect.arrayContaining([
      expect.stringMatching(/^tcp 10\.96\.0\.1:443 rr -> 172\.18\.0\.\d:6443 masq 1$/),
      expect.stringMatching(new RegExp(`^tcp ${clusterIp('web')}:80 rr persistent 10800 -> 10\\.244\\.[\\d.]+:80 masq 1$`)),
      expect.stringMatching(/^tcp 172\.18\.0\.\d:30080 rr persistent 10800 -> 10\.244\.[\d.]+:80 masq 1$/),
      `tcp ${clusterIp('nobody')}:80 rr -> `,
    ]));
    const device = netns().devices.get('kube-ipvs0')!;
    expect([device.kind, device.up, netns().addresses('kube-ipvs0').map((one) => one.address.address).sort()]).toEqual(['dummy', false, ['10.96.0.1', '10.96.0.10', clusterIp('nobody'), clusterIp('web')].sort()]);
    expect(netns().netfilter.sets.list().map((set) => `${set.name} ${set.type}`).filter((name) => name.startsWith('KUBE-')).length).toBe(17);
    expect(rules('nat', 'KUBE-SERVICES')).toEqual([
      '-s 127.0.0.0/8 -j RETURN',
      '! -s 10.244.0.0/16 -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ',
      '-m addrtype --dst-type LOCAL -j KUBE-NODE-PORT',
      '-m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
    ]);
    expect(rules('nat', 'KUBE-NODE-PORT')).toEqual(['-p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ']);
    expect(rules('filter', 'KUBE-IPVS-FILTER')).toEqual([
      '-m set --match-set KUBE-LOAD-BALANCER dst,dst -j RETURN',
      '-m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN',
      '-m set --match-set KUBE-EXTERNAL-IP dst,dst -j RETURN',
      '-m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -j RETURN',
      '-m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j RETURN',
      '-m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT --reject-with icmp-port-unreachable',
    ]);
    expect(netns().sysctl.get('net.ipv4.vs.conntrack')).toBe('1');
    expect((await run(sim, NODE, `curl -s -o /dev/null -w "%{http_code}" ${clusterIp('web')}`)).stdout).toBe('200');
    // Other ports of a Service's address are refused, a ping too.
    expect((await run(sim, NODE, `curl -s -m 2 ${clusterIp('web')}:22`)).code).toBe(7);
  });

  it('leaves the chains of the other mode behind, unreferenced', () => {
    expect(chains('nat', /^KUBE-(SVC|SEP)-/).length).toBeGreaterThan(4);
    expect(rules('nat', 'KUBE-SERVICES').some((rule) => rule.includes('KUBE-SVC-'))).toBe(false);
    // The refusals of Services without endpoints stay in force.
    expect(rules('filter', 'KUBE-SERVICES').some((rule) => rule.includes('default/nobody has no endpoints'))).toBe(true);
  });

  it('and back: the device, the services and the sets stay, until --cleanup', async () => {
    setMode('iptables');
    await restart();
    expect((await run(sim, NODE, 'curl -s localhost:10249/proxyMode')).stdout).toBe('iptables');
    expect(netns().devices.get('kube-ipvs0')).toBeDefined();
    expect(services().length).toBeGreaterThan(4);
    const pod = proxyPods().find((one) => (one as { spec?: { nodeName?: string } }).spec?.nodeName === 'cka-lab-worker')!;
    const output = collect();
    const exited = sim.containers.exec({ namespace: 'kube-system', pod: pod.metadata.name }, ['/usr/local/bin/kube-proxy', '--cleanup'], { tty: false, stdout: output, stderr: output, signal: new AbortController().signal });
    await sim.settle(200);
    expect([(await exited).exitCode, output.text]).toEqual([0, '']);
    expect(netns().devices.get('kube-ipvs0')).toBeUndefined();
    expect([services(), netns().netfilter.sets.list().filter((set) => set.name.startsWith('KUBE-')), chains('nat', /^KUBE-(SVC|SEP|SERVICES)/)]).toEqual([[], [], []]);
    await restart();
    expect((await run(sim, NODE, 'curl -s -o /dev/null -w "%{http_code}" $(hostname -i | cut -d" " -f1):30080')).stdout).toBe('200');
  });
});
