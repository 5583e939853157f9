/**
 * Pod networking by hand from the first container to a Service of three rules, typed at terminals as a book shows it: every
 * line as it stands, in that order, each pod's shell at a terminal of its own.
 */
import { expect, test, vi } from 'vitest';
import { Terminals } from './terminals.ts';

// Long enough for a busy machine.
vi.setConfig({ testTimeout: 120_000 });

type Step = readonly [terminal: string, line: string, shows: string | RegExp];

/** A text is all that is shown until the prompt is back; an expression is waited for while the command goes on. */
async function check(terminals: Terminals, steps: readonly Step[]): Promise<void> {
  for (const [terminal, line, shows] of steps) {
    if (typeof shows === 'string') expect([terminal, line, steady(await terminals.type(terminal, line))]).toEqual([terminal, line, shows]);
    else expect(await terminals.type(terminal, line, shows), `${terminal}: ${line}`).toMatch(shows);
  }
}

/** What every run makes anew. */
function steady(text: string): string {
  return text.replaceAll(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, (mac) => (/^(?:00|ff)/.test(mac) ? mac : '<mac>')).replaceAll(/net:\[\d+\]/g, 'net:[N]').replaceAll(/(?:time=|= )[\d./]+ ms/g, '<ms>');
}

/** A file system in layers, and a shell in it that has everything to itself. */
const image = (node: string): readonly Step[] => [
  [node, 'mkdir -p /root/tung/{lower,pause-upper,pause-work,pause-merged,a0-upper,a0-work,a0-merged,a1-upper,a1-work,a1-merged}', ''],
  [node, 'cd /root/tung', ''],
  [node, 'wget https://dl-cdn.alpinelinux.org/alpine/v3.20/releases/aarch64/alpine-minirootfs-3.20.3-aarch64.tar.gz', /100%\[=+>\] .*saved \[/s],
  [node, 'tar -xzf alpine-minirootfs-3.20.3-aarch64.tar.gz -C lower', ''],
];
const mount = (terminal: string, name: string): Step => [terminal, `mount -t overlay overlay -o lowerdir=/root/tung/lower,upperdir=/root/tung/${name}-upper,workdir=/root/tung/${name}-work /root/tung/${name}-merged`, ''];
const pod = (terminal: string, name: string): readonly Step[] => [mount(terminal, name), [terminal, `unshare -Cunimpf chroot /root/tung/${name}-merged /bin/sh`, '']];
/** Found by name, as everybody finds it sooner or later: the child of the unshare that was told this directory. */
const pid = (node: string, name: string): Step => [node, `${name.toUpperCase()}_PID=$(pgrep -P $(pgrep -f "^unshare -Cunimpf chroot /root/tung/${name}-merged"))`, ''];
const ping = (terminal: string, address: string): Step => [terminal, `ping -c 1 ${address}`, `PING ${address} (${address}): 56 data bytes\n64 bytes from ${address}: seq=0 ttl=${ttl(terminal, address)} <ms>\n\n--- ${address} ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\nround-trip min/avg/max <ms>\n`];

/** Each machine that forwards takes one: two on the way to another machine's pod. */
function ttl(terminal: string, address: string): number {
  return address.startsWith(`10.200.${/\d/.exec(terminal)![0]}.`) ? 64 : 62;
}

test('containers of one pod share a loopback', async () => {
  const pause = 'node-0 pause';
  const [a0, a1] = ['node-0 a0', 'node-0 a1'];
  const down = '1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n';
  await check(new Terminals(), [
    ...image('node-0'),
    mount('node-0', 'pause'), mount('node-0', 'a0'), mount('node-0', 'a1'),
    [pause, 'unshare -Cunimpf chroot /root/tung/pause-merged /bin/sh', ''],
    [pause, 'mount -t proc proc /proc', ''],
    ['node-0', 'ps aux | grep /bin/sh', 'root         520  0.0  0.0   4364  1500 pts/1    S    00:00   0:00 unshare -Cunimpf chroot /root/tung/pause-merged /bin/sh\nroot         521  0.0  0.0   4364  1500 pts/1    S+   00:00   0:00 /bin/sh\nroot         524  0.0  0.0   4364  1500 pts/0    S+   00:00   0:00 grep /bin/sh\n'],
    [a0, 'PAUSE_PID=521', ''], [a0, 'nsenter -t $PAUSE_PID -a chroot /root/tung/a0-merged /bin/sh', ''],
    [a1, 'PAUSE_PID=521', ''], [a1, 'nsenter -t $PAUSE_PID -a chroot /root/tung/a1-merged /bin/sh', ''],
    ...[a0, a1].flatMap((container): Step[] => [
      [container, 'mount -t proc proc /proc', ''],
      [container, 'ls -l /proc/self/ns/net', 'lrwxrwxrwx    1 root     root            16 Jan  1 00:00 /proc/self/ns/net -> net:[N]\n'],
    ]),
    [pause, 'readlink /proc/self/ns/net > /tmp/own', ''],
    ['node-0', 'cat /root/tung/pause-merged/tmp/own | diff - <(readlink /proc/521/ns/net)', ''],
    [pause, 'ip link', down], [pause, 'ifconfig', ''],
    [pause, 'ip link set lo up', ''],
    [pause, 'ip link', down.replace('<LOOPBACK>', '<LOOPBACK,UP,LOWER_UP>').replace('noop state DOWN', 'noqueue state UNKNOWN')],
    [pause, 'ifconfig', 'lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n          RX packets:0 errors:0 dropped:0 overruns:0 frame:0\n          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:1000 \n          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n\n'],
    [a0, 'nc -lk -p 8080 -e /bin/sh', /$/],
    [a1, 'nc -v localhost 8080', /^localhost \(127\.0\.0\.1:8080\) open\n/],
    // Whoever is connected has a shell of the other container: it sees the other's files.
    ['node-0', 'touch /root/tung/a0-merged/of-a0', ''],
    [a1, 'ls /of-a0', /^\/of-a0\n/],
  ]);
});

test('two pods at the ends of a cable', async () => {
  const [a0, a1] = ['node-0 a0', 'node-0 a1'];
  await check(new Terminals(), [
    ...image('node-0'), ...pod(a0, 'a0'), ...pod(a1, 'a1'),
    ['node-0', 'ip link add veth-a0 type veth peer name veth-a1', ''],
    ['node-0', 'ip link | tail -n 4', '3: veth-a1@veth-a0: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n    link/ether <mac> brd ff:ff:ff:ff:ff:ff\n4: veth-a0@veth-a1: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n    link/ether <mac> brd ff:ff:ff:ff:ff:ff\n'],
    pid('node-0', 'a0'), pid('node-0', 'a1'),
    ['node-0', 'ip link set veth-a0 netns $A0_PID', ''], ['node-0', 'ip link set veth-a1 netns $A1_PID', ''],
    ['node-0', 'ip -br link', 'lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \nenp0s1           UP             <mac> <BROADCAST,MULTICAST,UP,LOWER_UP> \n'],
    [a0, 'ip addr add 10.200.0.2/24 dev veth-a0', ''], [a0, 'ip link set veth-a0 up', ''],
    [a1, 'ip addr add 10.200.0.3/24 dev veth-a1', ''], [a1, 'ip link set veth-a1 up', ''],
    [a0, 'ip addr | tail -n 4', '4: veth-a0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP qlen 1000\n    link/ether <mac> brd ff:ff:ff:ff:ff:ff\n    inet 10.200.0.2/24 scope global veth-a0\n       valid_lft forever preferred_lft forever\n'],
    [a0, 'ping 10.200.0.3', /seq=1 ttl=64/], [a0, '^C', /2 packets transmitted, 2 packets received/],
    [a0, 'nc -lk -p 8080 -e /bin/sh', /$/],
    [a1, 'ping 10.200.0.2', /seq=1 ttl=64/], [a1, '^C', /2 packets received/],
    [a1, 'nc -v 10.200.0.2 8080', /^10\.200\.0\.2 \(10\.200\.0\.2:8080\) open\n/],
    [a1, 'ip -4 addr show veth-a0 | grep inet', /inet 10\.200\.0\.2\/24/],
  ]);
});

test('a bridge for as many pods as there are', async () => {
  const [a0, a1] = ['node-0 a0', 'node-0 a1'];
  const port = (name: string): readonly Step[] => [
    ['node-0', `ip link add veth-${name} type veth peer name veth-${name}-c`, ''], ['node-0', `ip link set veth-${name} master br0`, ''], ['node-0', `ip link set veth-${name} up`, ''],
    pid('node-0', name), ['node-0', `ip link set veth-${name}-c netns $${name.toUpperCase()}_PID`, ''],
  ];
  await check(new Terminals(), [
    ...image('node-0'), ...pod(a0, 'a0'), ...pod(a1, 'a1'),
    ['node-0', 'ip link add name br0 type bridge', ''], ['node-0', 'ip link set br0 up', ''],
    ['node-0', 'ip link show br0', '3: br0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT group default qlen 1000\n    link/ether <mac> brd ff:ff:ff:ff:ff:ff\n'],
    ...port('a0'), ...port('a1'),
    [a0, 'ip addr add 10.200.0.2/24 dev veth-a0-c', ''], [a0, 'ip link set veth-a0-c up', ''],
    [a1, 'ip addr add 10.200.0.3/24 dev veth-a1-c', ''], [a1, 'ip link set veth-a1-c up', ''],
    [a0, 'ping 10.200.0.3', /seq=1 ttl=64/], [a0, '^C', /2 packets received/],
    ['node-0', 'brctl show', /^bridge name\tbridge id\t\tSTP enabled\tinterfaces\nbr0\t\t8000\.[0-9a-f]{12}\tno\t\tveth-a0\n\t{7}veth-a1\n/],
    [a0, 'nc -lk -p 8080 -e /bin/sh', /$/],
    [a1, 'nc -v 10.200.0.2 8080', /^10\.200\.0\.2 \(10\.200\.0\.2:8080\) open\n/],
  ]);
});

/** A pod on a bridge with an address, on each machine. */
function bridged(node: string, n: number, pods: readonly (readonly [name: string, host: number])[]): readonly Step[] {
  return [
    ...image(node), ...pods.flatMap(([name]) => pod(`${node} ${name}`, name)),
    [node, `ip link add br${n} type bridge`, ''], [node, `ip addr add 10.200.${n}.1/24 dev br${n}`, ''], [node, `ip link set br${n} up`, ''],
    ...pods.flatMap(([name, host]): Step[] => [
      [node, `ip link add veth-${name} type veth peer name veth-${name}-c`, ''], [node, `ip link set veth-${name} master br${n}`, ''], [node, `ip link set veth-${name} up`, ''],
      pid(node, name), [node, `ip link set veth-${name}-c netns $${name.toUpperCase()}_PID`, ''],
      [`${node} ${name}`, `ip addr add 10.200.${n}.${host}/24 dev veth-${name}-c`, ''], [`${node} ${name}`, `ip link set veth-${name}-c up`, ''],
      ping(`${node} ${name}`, `10.200.${n}.1`),
    ]),
  ];
}
const forwarding = (node: string): Step => [node, 'sysctl -w net.ipv4.ip_forward=1', 'net.ipv4.ip_forward = 1\n'];
const gateway = (terminal: string, n: number): Step => [terminal, `ip route add default via 10.200.${n}.1`, ''];

test('routes between two machines', async () => {
  const [a0, a1] = ['node-0 a0', 'node-1 a1'];
  await check(new Terminals(), [
    ...bridged('node-0', 0, [['a0', 2]]), ...bridged('node-1', 1, [['a1', 2]]),
    [a0, 'ip route', '10.200.0.0/24 dev veth-a0-c scope link  src 10.200.0.2 \n'],
    gateway(a0, 0), gateway(a1, 1),
    [a0, 'ip route', 'default via 10.200.0.1 dev veth-a0-c \n10.200.0.0/24 dev veth-a0-c scope link  src 10.200.0.2 \n'],
    ['node-0', 'ip route add 10.200.1.0/24 via 192.168.64.5', ''], ['node-1', 'ip route add 10.200.0.0/24 via 192.168.64.4', ''],
    ['node-0', 'ip route', 'default via 192.168.64.1 dev enp0s1 \n10.200.0.0/24 dev br0 proto kernel scope link src 10.200.0.1 \n10.200.1.0/24 via 192.168.64.5 dev enp0s1 \n192.168.64.0/24 dev enp0s1 proto kernel scope link src 192.168.64.4 \n'],
    [a0, 'ping -c 1 -W 1 10.200.1.2', 'PING 10.200.1.2 (10.200.1.2): 56 data bytes\n\n--- 10.200.1.2 ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n'],
    forwarding('node-0'), forwarding('node-1'),
    ping(a0, '10.200.1.2'), [a0, 'nc -lk -p 8080 -e /bin/sh', /$/],
    ping(a1, '10.200.0.2'), [a1, 'nc -v 10.200.0.2 8080', /^10\.200\.0\.2 \(10\.200\.0\.2:8080\) open\n/],
  ]);
});

test('a tunnel of IP in IP', async () => {
  const [a0, a1] = ['node-0 a0', 'node-1 a1'];
  await check(new Terminals(), [
    ...bridged('node-0', 0, [['a0', 2]]), ...bridged('node-1', 1, [['a1', 2]]), gateway(a0, 0), gateway(a1, 1),
    ['node-0', 'ip tunnel add ipip0 mode ipip remote 192.168.64.5 local 192.168.64.4', ''], ['node-0', 'ip addr add 10.200.0.1/32 dev ipip0', ''], ['node-0', 'ip link set ipip0 up', ''],
    ['node-1', 'ip tunnel add ipip0 mode ipip remote 192.168.64.4 local 192.168.64.5', ''], ['node-1', 'ip addr add 10.200.1.1/32 dev ipip0', ''], ['node-1', 'ip link set ipip0 up', ''],
    ['node-0', 'ip route add 10.200.1.0/24 dev ipip0', ''], ['node-1', 'ip route add 10.200.0.0/24 dev ipip0', ''],
    forwarding('node-0'), forwarding('node-1'),
    ping(a0, '10.200.1.2'),
    ['node-0', 'ip -br -4 addr show ipip0', 'ipip0@NONE       UNKNOWN        10.200.0.1/32 \n'],
    [a0, 'nc -lk -p 8080 -e /bin/sh', /$/], [a1, 'nc -v 10.200.0.2 8080', /^10\.200\.0\.2 \(10\.200\.0\.2:8080\) open\n/],
  ]);
});

test('a VXLAN whose members find each other; a third joins and nobody else is told', async () => {
  const join = (node: string, n: number): readonly Step[] => [
    [node, `ip link add vxlan0 type vxlan id 100 group 239.1.1.1 local 192.168.64.${4 + n} dstport 4789 dev enp0s1`, ''],
    [node, `ip link set vxlan0 master br${n}`, ''], [node, 'ip link set vxlan0 up', ''], [node, `ip route add 10.200.0.0/16 dev br${n}`, ''], forwarding(node),
  ];
  const [a0, a1, c] = ['node-0 a0', 'node-1 a1', 'node-2 a1'];
  await check(new Terminals(), [
    ...bridged('node-0', 0, [['a0', 2]]), ...bridged('node-1', 1, [['a1', 2]]), gateway(a0, 0), gateway(a1, 1),
    ...join('node-0', 0), ...join('node-1', 1),
    ['node-0', 'bridge fdb show dev vxlan0', '<mac> vlan 1 master br0 permanent\n<mac> master br0 permanent\n00:00:00:00:00:00 dst 239.1.1.1 via enp0s1 self permanent\n'],
    [a0, 'ping 10.200.1.2', /seq=1 ttl=63/], [a0, '^C', /packets received/],
    ['node-0', 'bridge fdb show dev vxlan0', /^(?:\S+ master br0 \n){2}\S+ vlan 1 master br0 permanent\n\S+ master br0 permanent\n00:00:00:00:00:00 dst 239\.1\.1\.1 via enp0s1 self permanent\n(?:\S+ dst 192\.168\.64\.5 self \n){2}/],
    [a0, 'nc -lk -p 8080 -e /bin/sh', /$/], [a1, 'nc -v 10.200.0.2 8080', /^10\.200\.0\.2 \(10\.200\.0\.2:8080\) open\n/],
    ...bridged('node-2', 2, [['a1', 2]]), gateway(c, 2), ...join('node-2', 2),
    [c, 'ping 10.200.0.2', /seq=1 ttl=63/],
  ]);
});

test('a Service is a chain of rules, in three cases', async () => {
  const [a0, a1, b, c] = ['node-0 a0', 'node-0 a1', 'node-1 a1', 'node-2 a0'];
  const far = (node: string, routes: readonly (readonly [n: number, host: number])[]): readonly Step[] => [
    ...routes.map(([n, host]): Step => [node, `ip route add 10.200.${n}.0/24 via 192.168.64.${host}`, '']), forwarding(node),
    [node, 'iptables -t nat -N KUBE-SVC-1', ''],
    [node, 'iptables -t nat -A PREROUTING -d 10.96.0.2/32 -p tcp --dport 8080 -j KUBE-SVC-1', ''],
    [node, 'iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.200.0.2:8080', ''],
    [node, 'iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -j DNAT --to-destination 10.200.1.2:8080', ''],
  ];
  // Ten tries, each answered by the shell that was reached, in the words of its own address; who is not answered gives up.
  const ask = 'for i in 0 1 2 3 4 5 6 7 8 9; do echo "ip -4 -o addr show scope global" | nc -w 1 10.96.0.2 8080 2>/dev/null; done | grep -o "inet [0-9.]*" | sort | uniq | xargs';
  await check(new Terminals(), [
    ...bridged('node-0', 0, [['a0', 2], ['a1', 3]]), ...bridged('node-1', 1, [['a1', 2]]), ...bridged('node-2', 2, [['a0', 2]]),
    gateway(a0, 0), gateway(a1, 0), gateway(b, 1), gateway(c, 2),
    ...far('node-0', [[1, 5], [2, 6]]), ...far('node-1', [[0, 4], [2, 6]]), ...far('node-2', [[0, 4], [1, 5]]),
    ...[[a0, '10.200.0.3'], [a0, '10.200.1.2'], [a0, '10.200.2.2'], [b, '10.200.0.3'], [c, '10.200.1.2']].map(([from, to]) => ping(from!, to!)),
    ['node-0', 'iptables -t nat -L PREROUTING -v -n --line-numbers', 'Chain PREROUTING (policy ACCEPT 3 packets, 252 bytes)\nnum   pkts bytes target     prot opt in     out     source               destination         \n1        0     0 KUBE-SVC-1  6    --  *      *       0.0.0.0/0            10.96.0.2            tcp dpt:8080\n'],
    ['node-0', 'iptables -t nat -L KUBE-SVC-1 -v -n --line-numbers', 'Chain KUBE-SVC-1 (1 references)\nnum   pkts bytes target     prot opt in     out     source               destination         \n1        0     0 DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:8080 statistic mode random probability 0.50000000000 to:10.200.0.2:8080\n2        0     0 DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:8080 to:10.200.1.2:8080\n'],
    [a0, 'nc -lk -p 8080 -e /bin/sh', /$/], [b, 'nc -lk -p 8080 -e /bin/sh', /$/],
    [c, ask, 'inet 10.200.0.2 inet 10.200.1.2\n'],
    // The answer of a neighbour on the same bridge comes back by itself and is nobody's, until bridged packets meet iptables too.
    [a1, ask, 'inet 10.200.1.2\n'], ['node-0', 'modprobe br_netfilter', ''], [a1, ask, 'inet 10.200.0.2 inet 10.200.1.2\n'],
    pid('node-0', 'a0'), ['node-0', 'nsenter -t $A0_PID -a chroot /root/tung/a0-merged /bin/sh', ''],
    ['node-0', ask, 'inet 10.200.1.2\n'],
  ]);
});
