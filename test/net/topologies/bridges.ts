/** Bridges, with and without br_netfilter. */
import type { Topology } from './script.ts';
import { BRIDGED } from './wires.ts';

export const bridges: readonly Topology[] = [
  {
    title: 'two pods and their node on a bridge',
    script: `${BRIDGED}\n  serve q 80`,
    probes: [
      ['p ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
      ['node ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p tcp 10.244.0.3 80', 'q: hello from 10.244.0.2'],
    ],
  },
  {
    title: 'a port taken out of the bridge',
    script: `${BRIDGED}\n  node: ip link set veth2 nomaster`,
    probes: [
      ['p ping 10.244.0.3', 'host-unreachable from 10.244.0.2'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
    ],
  },
  {
    title: 'a Service on the node of both pods, without br_netfilter: the answer takes the short way and is not known',
    script: `${BRIDGED}
  serve q 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080`,
    probes: [['p tcp 10.96.0.10 80', 'timeout']],
  },
  {
    title: 'the same Service with br_netfilter: the bridge shows the answer to conntrack',
    script: `${BRIDGED}
  serve q 8080
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080
  node: iptables -A FORWARD -i cni0 -o cni0 -p tcp --dport 8081 -j REJECT --reject-with tcp-reset`,
    probes: [
      ['p tcp 10.96.0.10 80', 'q: hello from 10.244.0.2'],
      ['p tcp 10.244.0.3 8080', 'q: hello from 10.244.0.2'],
      ['p tcp 10.244.0.3 8081', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'the same Service, masqueraded: the answer must come back through the node',
    script: `${BRIDGED}
  serve q 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080
  node: iptables -t nat -A POSTROUTING -s 10.244.0.0/24 -d 10.244.0.3/32 -j MASQUERADE`,
    probes: [['p tcp 10.96.0.10 80', 'q: hello from 10.244.0.1']],
  },
  {
    title: 'a port that is down, and one that is isolated',
    script: `
  ns node p q r s
  node: ip link add br0 type bridge
  veth p:eth0 node:p0
  veth q:eth0 node:q0
  veth r:eth0 node:r0
  veth s:eth0 node:s0
  node: for port in p0 q0 r0 s0; do ip link set $port master br0; ip link set $port up; done
  node: ip link set br0 up
  node: bridge link set dev p0 isolated on
  node: bridge link set dev q0 isolated on
  node: ip link set s0 down
  node: ip addr add 10.5.0.1/24 dev br0
  p: ip link set eth0 up
  q: ip link set eth0 up
  r: ip link set eth0 up
  s: ip link set eth0 up
  p: ip addr add 10.5.0.2/24 dev eth0
  q: ip addr add 10.5.0.3/24 dev eth0
  r: ip addr add 10.5.0.4/24 dev eth0
  s: ip addr add 10.5.0.5/24 dev eth0`,
    probes: [
      ['p ping 10.5.0.3', 'host-unreachable from 10.5.0.2'],
      ['p ping 10.5.0.4', 'reply from 10.5.0.4 ttl 64'],
      ['p ping 10.5.0.1', 'reply from 10.5.0.1 ttl 64'],
      ['r ping 10.5.0.3', 'reply from 10.5.0.3 ttl 64'],
      ['r ping 10.5.0.5', 'host-unreachable from 10.5.0.4'],
      ['s ping 10.5.0.1', 'host-unreachable from 10.5.0.5'],
    ],
  },
  {
    title: 'a bridge that is down carries nothing',
    script: `${BRIDGED}\n  node: ip link set cni0 down`,
    probes: [
      ['p ping 10.244.0.3', 'host-unreachable from 10.244.0.2'],
      ['p ping 10.244.0.1', 'host-unreachable from 10.244.0.2'],
      ['node ping 10.244.0.2', 'ENETUNREACH'],
    ],
  },
  {
    title: 'a bridge without an address joins its ports and is no gateway',
    script: `${BRIDGED}\n  node: ip addr del 10.244.0.1/24 dev cni0`,
    probes: [
      ['p ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p ping 10.244.0.1', 'host-unreachable from 10.244.0.2'],
      ['p ping 10.9.9.9', 'host-unreachable from 10.244.0.2'],
      ['node ping 10.244.0.2', 'ENETUNREACH'],
    ],
  },
  {
    title: 'two bridges, joined by a cable',
    script: `
  ns one two p q
  one: ip link add br0 type bridge
  two: ip link add br0 type bridge
  veth one:trunk two:trunk
  veth p:eth0 one:p0
  veth q:eth0 two:q0
  one: ip link set trunk master br0; ip link set p0 master br0
  two: ip link set trunk master br0; ip link set q0 master br0
  one: ip link set br0 up; ip link set trunk up; ip link set p0 up
  two: ip link set br0 up; ip link set trunk up; ip link set q0 up
  p: ip link set eth0 up
  q: ip link set eth0 up
  p: ip addr add 10.5.0.2/24 dev eth0
  q: ip addr add 10.5.0.3/24 dev eth0
  one: ip addr add 10.5.0.10/24 dev br0
  two: ip addr add 10.5.0.20/24 dev br0`,
    probes: [
      ['p ping 10.5.0.3', 'reply from 10.5.0.3 ttl 64'],
      ['p ping 10.5.0.20', 'reply from 10.5.0.20 ttl 64'],
      ['one ping 10.5.0.20', 'reply from 10.5.0.20 ttl 64'],
    ],
  },
  {
    title: 'a static entry at the wrong port is put right by the first frame',
    script: `${BRIDGED}
  q: ip link set eth0 address 02:00:00:00:00:03
  node: bridge fdb replace 02:00:00:00:00:03 dev veth1 master static`,
    probes: [
      ['p ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['node says bridge fdb show br cni0 | grep 02:00:00:00:00:03 | grep -v vlan', '02:00:00:00:00:03 dev veth2 master cni0 static'],
    ],
  },
  {
    title: 'a permanent entry is an address of the bridge itself',
    script: `${BRIDGED}
  q: ip link set eth0 address 02:00:00:00:00:03
  node: bridge fdb replace 02:00:00:00:00:03 dev veth1 master permanent`,
    probes: [
      ['p ping 10.244.0.3', 'timeout'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
    ],
  },
  {
    title: 'a port whose MTU is too small, in the middle of a bridge: nobody says so',
    script: `${BRIDGED}
  node: ip link set veth2 mtu 1400
  node: ip link set cni0 mtu 1500`,
    probes: [
      ['p ping -s 1376 -D 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p ping -s 1377 -D 10.244.0.3', 'timeout'],
    ],
  },
  {
    title: 'rules of the host do not see what a bridge carries, without br_netfilter',
    script: `${BRIDGED}
  serve q 80
  node: iptables -P FORWARD DROP`,
    probes: [['p tcp 10.244.0.3 80', 'q: hello from 10.244.0.2']],
  },
  {
    title: 'and do with it',
    script: `${BRIDGED}
  serve q 80
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -P FORWARD DROP`,
    probes: [
      ['p tcp 10.244.0.3 80', 'timeout'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
    ],
  },
  {
    title: 'rules that ask for ports of the bridge',
    script: `${BRIDGED}
  serve q 80
  serve p 80
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -A FORWARD -m physdev --physdev-in veth1 --physdev-out veth2 --physdev-is-bridged -p tcp --syn -j REJECT
  node: iptables -A INPUT -m physdev --physdev-in veth2 -p icmp -j DROP`,
    probes: [
      ['p tcp 10.244.0.3 80', 'ECONNREFUSED'],
      ['q tcp 10.244.0.2 80', 'p: hello from 10.244.0.3'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
      ['q ping 10.244.0.1', 'timeout'],
    ],
  },
  {
    title: 'a pod that is an endpoint of its own Service, behind a bridge: hairpin',
    script: `${BRIDGED}
  serve p 8080
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.2:8080
  node: iptables -t nat -A POSTROUTING -s 10.244.0.2/32 -d 10.244.0.2/32 -j MASQUERADE
  node: bridge link set dev veth1 hairpin on`,
    probes: [['p tcp 10.96.0.10 80', 'p: hello from 10.244.0.1']],
  },
  {
    title: 'the same without hairpin on the port: the frame may not go back where it came from',
    script: `${BRIDGED}
  serve p 8080
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.2:8080
  node: iptables -t nat -A POSTROUTING -s 10.244.0.2/32 -d 10.244.0.2/32 -j MASQUERADE`,
    probes: [['p tcp 10.96.0.10 80', 'timeout']],
  },
  {
    title: 'nor is it needed without br_netfilter: the packet goes up to the host and comes down again',
    script: `${BRIDGED}
  serve p 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.2:8080
  node: iptables -t nat -A POSTROUTING -s 10.244.0.2/32 -d 10.244.0.2/32 -j MASQUERADE`,
    probes: [['p tcp 10.96.0.10 80', 'p: hello from 10.244.0.1']],
  },
  {
    title: 'a Service of a pod here and a pod elsewhere, without br_netfilter: every second connection is lost',
    script: `${BRIDGED}
  ns far
  veth node:out far:eth0
  node: ip link set out up
  node: ip addr add 172.18.0.2/24 dev out
  far: ip link set eth0 up
  far: ip addr add 172.18.0.3/24 dev eth0
  far: ip route add default via 172.18.0.2
  serve q 8080
  serve far 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.244.0.3:8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp -j DNAT --to-destination 172.18.0.3:8080`,
    probes: [['p says for i in 1 2 3 4; do nc -z -w 1 10.96.0.10 80 && echo reached || echo lost; done', 'lost\nreached\nlost\nreached']],
  },
  {
    title: 'what the table of connections says afterwards, of what a bridge carried and a router forwarded',
    script: `${BRIDGED}
  ns far
  veth node:out far:eth0
  node: ip link set out up
  node: ip addr add 172.18.0.2/24 dev out
  far: ip link set eth0 up
  far: ip addr add 172.18.0.3/24 dev eth0
  far: ip route add default via 172.18.0.2
  serve q 8080
  serve far 8080
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080`,
    probes: [
      ['p tcp 10.96.0.10 80', 'q: hello from 10.244.0.2'],
      ['p tcp 172.18.0.3 8080', 'far: hello from 10.244.0.2'],
      ['p tcp 172.18.0.3 8081', 'ECONNREFUSED'],
      ['q ping 172.18.0.3', 'reply from 172.18.0.3 ttl 63'],
      ['node says conntrack -L -p tcp 2>/dev/null | sed -E "s/.*(TIME_WAIT|CLOSE|ESTABLISHED|CLOSE_WAIT|LAST_ACK|FIN_WAIT) (src=[0-9.]+ dst=[0-9.]+).*/\\1 \\2/" | sort', 'TIME_WAIT src=10.244.0.2 dst=10.96.0.10\nTIME_WAIT src=10.244.0.2 dst=172.18.0.3'],
    ],
  },
  {
    title: 'the table when a client goes away in the middle: closed by a reset',
    script: `${BRIDGED}
  serve q 8080
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP`,
    probes: [
      ['p says nc -z -w 2 10.244.0.3 8080 && sleep 0.3 && echo reached', 'reached'],
      ['node says conntrack -L -p tcp 2>/dev/null | grep -oE "CLOSE|TIME_WAIT|LAST_ACK|FIN_WAIT"', 'CLOSE'],
    ],
  },
];
