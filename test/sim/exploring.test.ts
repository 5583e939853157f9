/**
 * What the pages about cluster networking have their readers type on a node and in a pod, on a cluster with Calico and on
 * one with Flannel: every command as it stands there, names filled in.
 */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, podOf, ready, run } from '../support/simulation.ts';

// Long enough for a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const WORKLOAD = `
apiVersion: v1
kind: Pod
metadata: {name: api-1, labels: {app: my-api}}
spec: {nodeName: cka-lab-worker, containers: [{name: nginx, image: 'nginx:1.25'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api-2, labels: {app: my-api}}
spec: {nodeName: cka-lab-worker2, containers: [{name: nginx, image: 'nginx:1.25'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: debug}
spec: {nodeName: cka-lab-worker, containers: [{name: netshoot, image: nicolaka/netshoot, command: [sleep, '3600']}]}
---
apiVersion: v1
kind: Service
metadata: {name: my-api}
spec: {clusterIP: 10.96.45.123, selector: {app: my-api}, ports: [{port: 80}]}
`;

/** What every run makes anew becomes a word, and columns lose their widths. */
function steady(text: string): string {
  return text
    .replaceAll(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, (mac) => (/^(?:00|ff|ee)/.test(mac) ? mac : 'MAC')).replaceAll(/cni-[0-9a-f-]{36}/g, 'cni-ID').replaceAll(/\bcali[0-9a-f]{11}/g, 'caliID').replaceAll(/\bveth[0-9a-f]{8}/g, 'vethID')
    .replaceAll(/8000\.[0-9a-f]{12}/g, '8000.MAC').replaceAll(/KUBE-(SVC|SEP)-[A-Z0-9]{16}/g, 'KUBE-$1-ID').replaceAll(/pid=\d+/g, 'pid=N').replaceAll(/\b\d+\/(?=kube|flannel|etcd)/g, 'N/')
    .replaceAll(/10\.244\.\d+\.(?:6[4-9]|[7-9]\d|1\d\d|2\d\d)(?=:80|\b)/g, 'POD').replaceAll(/[\t ]+/g, ' ').replaceAll(/ +$/gm, '');
}

type Row = readonly [where: string, command: string, shows: string];
const WORKER = 'node:cka-lab-worker';
const SERVED = 'KUBE-SVC-ID 6 -- 0.0.0.0/0 10.96.45.123 /* default/my-api cluster IP */ tcp dpt:80\n';

async function prepared(cni: 'calico' | 'flannel'): Promise<Simulation> {
  const sim = await bootForTest({ cni });
  apply(sim, WORKLOAD);
  await ready(sim, 'api-1', 'api-2', 'debug');
  await run(sim, WORKER, 'until [ $(iptables-save | grep -c "my-api ->") = 2 ]; do sleep 1; done');
  return sim;
}

async function check(sim: Simulation, rows: readonly Row[]): Promise<void> {
  for (const [where, command, shows] of rows) {
    const { stdout, stderr } = await run(sim, where, command);
    expect.soft([command, steady(stdout + stderr)]).toEqual([command, shows]);
  }
}

/** The same under every plugin. */
const EVERYWHERE: readonly Row[] = [
  [WORKER, 'sudo iptables -t nat -L KUBE-SERVICES -n | grep my-api', SERVED],
  [WORKER, 'sudo iptables -t nat -L -n | grep 10.96.45.123 | head -n 1', SERVED],
  [WORKER, 'iptables-save | grep -c my-api', '8\n'],
  [WORKER, 'sudo iptables -t nat -L $(iptables -t nat -L KUBE-SERVICES -n | grep -o "KUBE-SVC[^ ]*" | head -n 2 | tail -n 1) -n | head -n 2', 'Chain KUBE-SVC-ID (1 references)\ntarget prot opt source destination\n'],
  [WORKER, 'sudo ipvsadm -Ln | head -20', "Can't initialize ipvs: No such file or directory\nAre you sure that IP Virtual Server is built in the kernel or as module?\n"],
  [WORKER, 'ip link show cbr0', 'Device "cbr0" does not exist.\n'],
  [WORKER, 'ip route show default', 'default via 172.18.0.1 dev eth0\n'],
  [WORKER, 'ip addr show eth0 | sed -n 3p', ' inet 172.18.0.3/16 scope global eth0\n'],
  [WORKER, 'ip a | grep 172.18.0.3 -B 2', '2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n link/ether MAC brd ff:ff:ff:ff:ff:ff link-netnsid 0\n inet 172.18.0.3/16 scope global eth0\n'],
  [WORKER, 'cat /etc/cni/net.d/*.conf', 'cat: /etc/cni/net.d/*.conf: No such file or directory\n'],
  ['node:cka-lab-control-plane', 'cat /etc/kubernetes/manifests/kube-apiserver.yaml | grep service-cluster-ip-range', ' - --service-cluster-ip-range=10.96.0.0/16\n'],
  ['node:cka-lab-control-plane', "ss -nplt | awk 'NR > 1 {print $4, $6}' | grep -v flanneld", [
    '127.0.0.1:10248 users:(("kubelet",pid=N,fd=3))', '0.0.0.0:10250 users:(("kubelet",pid=N,fd=3))', '127.0.0.1:2381 users:(("etcd",pid=N,fd=3))', '0.0.0.0:2379 users:(("etcd",pid=N,fd=3))',
    '172.18.0.2:2380 users:(("etcd",pid=N,fd=3))', '0.0.0.0:6443 users:(("kube-apiserver",pid=N,fd=3))', '127.0.0.1:10257 users:(("kube-controller-manager",pid=N,fd=3))', '127.0.0.1:10259 users:(("kube-scheduler",pid=N,fd=3))',
    '0.0.0.0:10256 users:(("kube-proxy",pid=N,fd=3))', '127.0.0.1:10249 users:(("kube-proxy",pid=N,fd=3))', '',
  ].join('\n')],
  ['node:cka-lab-control-plane', "netstat -nplt | awk 'NR > 2 {print $4, $7}' | grep 6443", '0.0.0.0:6443 N/kube-apiserver\n'],
  [WORKER, 'curl -s localhost:10248/healthz; echo; curl -sk https://localhost:10250/healthz; echo; curl -s localhost:10249/proxyMode', 'ok\nUnauthorized\niptables'],
  [WORKER, "systemctl stop kubelet; curl -s localhost:10248/healthz; echo $?; systemctl start kubelet; curl -s localhost:10248/healthz", '7\nok'],
  ['debug', 'cat /etc/resolv.conf', 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'],
  ['debug', 'nslookup my-api', 'Server: 10.96.0.10\nAddress: 10.96.0.10#53\n\nName: my-api.default.svc.cluster.local\nAddress: 10.96.45.123\n\n'],
  ['debug', 'nslookup redis.cache.svc.cluster.local', "Server: 10.96.0.10\nAddress: 10.96.0.10#53\n\n** server can't find redis.cache.svc.cluster.local: NXDOMAIN\n\n"],
  ['debug', 'dig +short my-api.default.svc.cluster.local', '10.96.45.123\n'],
  ['debug', 'curl -s -m 5 http://my-api:80 | grep -o "<h1>.*</h1>"', '<h1>Welcome to nginx!</h1>\n'],
  ['debug', 'wget -qO- -T 5 http://my-api | grep -c nginx', '6\n'],
  ['debug', 'ping -c 1 -W 1 10.96.0.1 | tail -n 2 | head -n 1 | cut -d, -f1,2', '1 packets transmitted, 0 received\n'],
];

describe('with Flannel', () => {
  let sim: Simulation;
  beforeAll(async () => void (sim = await prepared('flannel')), 60_000);

  test('every command shows what is there', () =>
    check(sim, [
      ...EVERYWHERE,
      [WORKER, 'ip route show', 'default via 172.18.0.1 dev eth0\n10.244.0.0/24 via 10.244.0.0 dev flannel.1 onlink\n10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1\n10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink\n172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.3\n'],
      [WORKER, 'ip -d link show flannel.1', '3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n link/ether MAC brd ff:ff:ff:ff:ff:ff promiscuity 0 allmulti 0 minmtu 68 maxmtu 65535\n vxlan id 1 local 172.18.0.3 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx addrgenmode eui64 numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 tso_max_size 524280 tso_max_segs 65535 gro_max_size 65536\n'],
      [WORKER, 'ip link show type bridge', '4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default qlen 1000\n link/ether MAC brd ff:ff:ff:ff:ff:ff\n'],
      [WORKER, 'bridge link show | head -n 1', '5: vethID@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 master cni0 state forwarding priority 32 cost 2\n'],
      [WORKER, 'brctl show | head -n 3', 'bridge name bridge id STP enabled interfaces\ncni0 8000.MAC no vethID\n vethID\n'],
      [WORKER, 'ip netns list | tail -n 2', 'cni-ID (id: 2)\ncni-ID (id: 1)\n'],
      [WORKER, 'ip netns exec $(ip netns list | tail -n 1 | cut -d" " -f1) ip addr | grep inet', ' inet 127.0.0.1/8 scope host lo\n inet 10.244.1.2/24 scope global eth0\n'],
      [WORKER, 'ip neigh show dev flannel.1', '10.244.0.0 lladdr MAC PERMANENT\n10.244.2.0 lladdr MAC PERMANENT\n'],
      // Which of the node's addresses it has got depends on who came before.
      ['debug', 'ip route', `default via 10.244.1.1 dev eth0\n10.244.0.0/16 via 10.244.1.1 dev eth0\n10.244.1.0/24 dev eth0 proto kernel scope link src ${podOf(sim, 'debug')?.status?.podIP}\n`],
    ]));
});

describe('with Calico', () => {
  let sim: Simulation;
  beforeAll(async () => void (sim = await prepared('calico')), 60_000);

  test('every command shows what is there', () =>
    check(sim, [
      ...EVERYWHERE,
      [WORKER, 'ip link show type bridge', ''], [WORKER, 'bridge link show', ''], [WORKER, 'brctl show', 'bridge name bridge id STP enabled interfaces\n'],
      [WORKER, 'ip link show type veth | grep -c cali', '4\n'],
      [WORKER, 'ip route show | grep vxlan.calico | wc -l', '2\n'],
      [WORKER, 'ip -d link show vxlan.calico | tail -n 1 | cut -d" " -f5-11', 'vxlan id 4096 local 172.18.0.3 dev eth0\n'],
      [WORKER, 'ip netns list | wc -l', '4\n'],
      ['debug', 'ip route', 'default via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link\n'],
    ]));
});
