/** CoreDNS in its pod, asked over the network by a pod: both transports, truncation, a changed Corefile, a wrong one, none at all. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject, Stored } from '../../src/api/object.ts';
import { decode, type DnsMessage } from '../../src/programs/dns/message.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, podOf, ready, run } from '../support/simulation.ts';

let sim: Simulation;
beforeAll(async () => {
  sim = await bootForTest();
  apply(sim, `apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: main, image: nicolaka/netshoot, command: [sleep, infinity]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {hostname: web, subdomain: headless, containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, clusterIP: 10.96.7.7, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {selector: {app: web}, clusterIP: None, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere}
spec: {type: ExternalName, externalName: web.default.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: crowd}
spec: {clusterIP: None, ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: crowd-1, labels: {kubernetes.io/service-name: crowd}}
addressType: IPv4
ports: [{name: http, port: 80, protocol: TCP}]
endpoints: [${Array.from({ length: 60 }, (_, index) => `{addresses: ["10.1.0.${index + 1}"], conditions: {ready: true}}`).join(', ')}]
`);
  await ready(sim, 'client', 'web');
  await sim.settle(3000);
}, 60_000);

const dig = async (question: string) => (await run(sim, 'client', `dig ${question}`)).stdout;
const short = async (question: string) => (await dig(`+short ${question}`)).trim();
const status = async (question: string) => /status: (\w+)/.exec(await dig(question))?.[1];

describe('over the wire', () => {
  it.each([
    ['web.default.svc.cluster.local', '10.96.7.7'],
    ['+tcp web.default.svc.cluster.local', '10.96.7.7'],
    ['SRV _http._tcp.web.default.svc.cluster.local', '0 100 80 web.default.svc.cluster.local.'],
    ['-x 10.96.7.7', 'web.default.svc.cluster.local.'],
    ['elsewhere.default.svc.cluster.local', 'web.default.svc.cluster.local.\n10.96.7.7'],
    ['10-1-2-3.default.pod.cluster.local', '10.1.2.3'],
    ['+search web', '10.96.7.7'],
    ['TXT dns-version.cluster.local', '"1.1.0"'],
  ])('dig +short %s', async (question, answer) => expect(await short(question)).toBe(answer));

  it('a headless Service is its pods, by name too', async () => {
    const ip = await short('headless.default.svc.cluster.local');
    expect(ip).toMatch(/^10\.244\./);
    expect(await short('web.headless.default.svc.cluster.local')).toBe(ip);
    expect((await short(`-x ${ip}`)).split('\n')).toContain('web.headless.default.svc.cluster.local.');
  });

  it('NXDOMAIN is not NODATA', async () => {
    expect([await status('nobody.default.svc.cluster.local'), await status('AAAA web.default.svc.cluster.local')]).toEqual(['NXDOMAIN', 'NOERROR']);
    expect(await dig('AAAA web.default.svc.cluster.local')).toContain('ANSWER: 0, AUTHORITY: 1');
  });

  it('an answer too long for a datagram comes over TCP', async () => {
    const client = sim.world.namespaces.find((one) => one.addresses('eth0').some((own) => own.address.address === podOf(sim, 'client')!.status!.podIP))!;
    const answers: (DnsMessage | undefined)[] = [];
    const stop = client.capture('eth0', ({ direction, frame }) => {
      if (direction === 'in' && frame.payload.type === 'ipv4' && frame.payload.payload.protocol === 'udp' && typeof frame.payload.payload.data === 'string') answers.push(decode(frame.payload.payload.data));
    });
    expect((await short('+noedns crowd.default.svc.cluster.local')).split('\n').length).toBe(60);
    stop();
    // 512 bytes hold the header, the question and 28 addresses.
    expect(answers.map((answer) => [answer?.truncated, answer?.answers.length])).toEqual([[true, 28]]);
  });
});

describe('the Corefile', () => {
  const corefile = () => (sim.registry.find('configmaps', 'coredns', 'kube-system') as Stored<KubeObject> & { data: { Corefile: string } }).data.Corefile;
  const write = (text: string) => void sim.registry.patch('configmaps', 'coredns', 'kube-system', { type: 'merge', body: { data: { Corefile: text } } });
  const pods = () => sim.registry.list('pods', { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' }).items as readonly (Stored<KubeObject> & { status?: { containerStatuses?: { ready: boolean; restartCount: number }[] } })[];
  const logs = async () => (await Promise.all([...sim.nodes.keys()].map((node) => run(sim, `node:${node}`, 'cat /var/log/pods/kube-system_coredns-*/coredns/*.log 2>/dev/null')))).map((one) => one.stdout).join('');
  let original = '';

  it('who cannot ask further says so, from where and where to, beginning with the probe for loops', async () => {
    expect(await logs()).toMatch(/\[ERROR\] plugin\/errors: 2 \d+\.\d+\. HINFO: read udp 10\.244\.\d+\.\d+:\d+->172\.18\.0\.1:53: read: connection refused/);
  });

  it('takes effect by itself, some time after it was changed', async () => {
    original = corefile();
    write(original.replace('    forward .', '    hosts {\n       192.0.2.1 lab.example\n       fallthrough\n    }\n    forward .'));
    await sim.settle(180_000);
    expect(await short('lab.example')).toBe('192.0.2.1');
    expect(await logs()).toContain('[INFO] Reloading complete');
  });

  it('a wrong one is refused, and the old one stays in force', async () => {
    write(original.replace('    forward .', '    forwrad .'));
    await sim.settle(180_000);
    expect(await short('lab.example')).toBe('192.0.2.1');
    expect(await logs()).toContain("Corefile changed but reload failed: /etc/coredns/Corefile:");
    expect(await logs()).toContain("Error during parsing: Unknown directive 'forwrad'");
  });

  it('until the pods start anew: then nobody answers', async () => {
    for (const pod of pods()) sim.registry.delete('pods', pod.metadata.name, 'kube-system');
    expect(await sim.settleUntil(() => pods().length === 2 && pods().every((pod) => (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 1), 180_000)).toBe(true);
    expect((await run(sim, 'client', 'dig +tries=1 +time=2 web.default.svc.cluster.local')).code).toBe(9);
    write(original);
    expect(await sim.settleUntil(() => pods().every((pod) => pod.status?.containerStatuses?.[0]?.ready === true), 400_000)).toBe(true);
    await sim.settle(5000);
    expect(await short('web.default.svc.cluster.local')).toBe('10.96.7.7');
  });
});
