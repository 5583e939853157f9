/** Routers: tables, rules, reverse paths, hop limits. */
import type { Topology } from './script.ts';
import { ROUTED, WIRE } from './wires.ts';

export const routing: readonly Topology[] = [
  {
    title: 'a router between two networks',
    script: `${ROUTED}\n  serve b 80`,
    probes: [
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['a ping 10.2.0.1', 'reply from 10.2.0.1 ttl 64'],
      ['a ping 10.2.0.9', 'host-unreachable from 10.1.0.1'],
      ['a ping 10.9.9.9', 'network-unreachable from 10.1.0.1'],
      ['a ping -t 1 10.2.0.2', 'ttl-zero-during-transit from 10.1.0.1'],
      ['a tcp 10.2.0.2 80', 'b: hello from 10.1.0.2'],
      ['a tcp 10.9.9.9 80', 'ENETUNREACH'],
    ],
  },
  {
    title: 'a router that does not forward',
    script: `${ROUTED}\n  r: sysctl -w net.ipv4.ip_forward=0`,
    probes: [
      ['a ping 10.2.0.2', 'timeout'],
      ['a ping 10.2.0.1', 'reply from 10.2.0.1 ttl 64'],
    ],
  },
  {
    title: 'routes that refuse, on a router',
    script: `${ROUTED}
  r: ip route add blackhole 10.3.0.0/24
  r: ip route add unreachable 10.4.0.0/24
  r: ip route add prohibit 10.5.0.0/24`,
    probes: [
      ['a ping 10.3.0.1', 'timeout'],
      ['a ping 10.4.0.1', 'host-unreachable from 10.1.0.1'],
      ['a ping 10.5.0.1', 'communication-prohibited from 10.1.0.1'],
      ['r tcp 10.3.0.1 80', 'EINVAL'],
      ['r tcp 10.4.0.1 80', 'EHOSTUNREACH'],
      ['r tcp 10.5.0.1 80', 'EACCES'],
    ],
  },
  {
    title: 'the longest prefix and the lowest metric win',
    script: `${ROUTED}
  r: ip route add blackhole 10.2.0.2/32
  r: ip route add blackhole 10.1.0.0/24 metric 50`,
    probes: [
      ['a ping 10.2.0.2', 'timeout'],
      ['r ping 10.1.0.2', 'reply from 10.1.0.2 ttl 64'],
    ],
  },
  {
    title: 'a rule sends one source to a table of its own',
    script: `${ROUTED}
  r: ip rule add from 10.1.0.2 lookup 100
  r: ip route add prohibit default table 100`,
    probes: [
      ['a ping 10.2.0.2', 'communication-prohibited from 10.1.0.1'],
      ['r ping 10.2.0.2', 'reply from 10.2.0.2 ttl 64'],
    ],
  },
  {
    title: 'strict reverse path filtering drops what comes in at the wrong side',
    script: `${ROUTED}
  r: sysctl -w net.ipv4.conf.all.rp_filter=1
  a: ip addr add 10.77.0.1/32 dev eth0
  r: ip link set left address 02:00:00:00:00:01
  a: ip neigh add 10.1.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
  a: ip route add 10.2.0.0/24 via 10.1.0.1 src 10.77.0.1`,
    probes: [
      ['a ping 10.2.0.2', 'timeout'],
      ['a ping 10.1.0.1', 'reply from 10.1.0.1 ttl 64'],
    ],
  },
  {
    title: 'nobody may pretend to be one of our own addresses, or localhost',
    script: `${WIRE}
  a: ip addr add 10.0.0.2/32 dev lo
  serve b 80`,
    probes: [
      ['a tcp 10.0.0.2 80', 'ECONNREFUSED'],
      ['b ping 127.0.0.1', 'reply from 127.0.0.1 ttl 64'],
    ],
  },
  {
    title: 'what ip route get says before anything is sent',
    script: `${ROUTED}
  a: ip addr add 10.88.0.1/32 dev lo
  a: ip route add 10.2.7.0/24 via 10.1.0.1 src 10.88.0.1
  a: ip route add 10.2.8.0/24 dev eth0
  a: ip route add blackhole 10.2.9.0/24
  a: ip route add unreachable 10.2.10.0/24`,
    probes: [
      ['a says ip route get 10.2.0.2', '10.2.0.2 via 10.1.0.1 dev eth0 src 10.1.0.2 uid 0\n    cache'],
      ['a says ip route get 10.2.7.1', '10.2.7.1 via 10.1.0.1 dev eth0 src 10.88.0.1 uid 0\n    cache'],
      ['a says ip route get 10.2.8.1', '10.2.8.1 dev eth0 src 10.1.0.2 uid 0\n    cache'],
      ['a says ip route get 10.1.0.2', 'local 10.1.0.2 dev lo src 10.1.0.2 uid 0\n    cache <local>'],
      ['a says ip route get 10.2.9.1', 'RTNETLINK answers: Invalid argument'],
      ['a says ip route get 10.2.10.1', 'RTNETLINK answers: No route to host'],
      ['a says ip route get 10.1.0.255', 'broadcast 10.1.0.255 dev eth0 src 10.1.0.2 uid 0\n    cache <local,brd>'],
    ],
  },
  {
    title: 'the lower metric wins until it is gone',
    script: `${ROUTED}
  r: ip route add 10.9.0.0/24 via 10.2.0.2 metric 10
  r: ip route add 10.9.0.0/24 via 10.1.0.2 metric 20
  b: ip addr add 10.9.0.1/24 dev lo
  a: ip route add 10.9.0.0/24 via 10.1.0.1`,
    probes: [
      ['a ping 10.9.0.1', 'reply from 10.9.0.1 ttl 63'],
      ['r says ip route get 10.9.0.1', '10.9.0.1 via 10.2.0.2 dev right src 10.2.0.1 uid 0\n    cache'],
      ['r says ip route del 10.9.0.0/24 metric 10 && ip route get 10.9.0.1', '10.9.0.1 via 10.1.0.2 dev left src 10.1.0.1 uid 0\n    cache'],
    ],
  },
  {
    title: 'a gateway that is on no network of ours needs onlink',
    script: `${WIRE}
  b: ip addr add 192.168.99.1/32 dev eth0
  b: ip addr add 10.9.0.1/32 dev lo
  a: ip route add 10.9.0.1/32 via 192.168.99.1 dev eth0 onlink`,
    probes: [
      ['a ping 10.9.0.1', 'reply from 10.9.0.1 ttl 64'],
      ['a says ip route add 10.9.0.2/32 via 192.168.99.1 dev eth0', 'Error: Nexthop has invalid gateway.'],
    ],
  },
  {
    title: 'a table that gives up sends the search on: throw',
    script: `${ROUTED}
  r: ip rule add from 10.1.0.2 lookup 100
  r: ip route add throw 10.2.0.0/24 table 100
  r: ip route add prohibit default table 100`,
    probes: [
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['a ping 10.3.0.2', 'communication-prohibited from 10.1.0.1'],
    ],
  },
  {
    title: 'rules that refuse by themselves',
    script: `${ROUTED}
  r: ip rule add to 10.3.0.0/24 prohibit
  r: ip rule add to 10.4.0.0/24 unreachable
  r: ip rule add to 10.5.0.0/24 blackhole
  r: ip route add 10.0.0.0/8 via 10.2.0.2`,
    probes: [
      ['a ping 10.3.0.1', 'communication-prohibited from 10.1.0.1'],
      ['a ping 10.4.0.1', 'network-unreachable from 10.1.0.1'],
      ['a ping 10.5.0.1', 'timeout'],
      ['r tcp 10.4.0.1 80', 'ENETUNREACH'],
      ['r tcp 10.3.0.1 80', 'EACCES'],
    ],
  },
  {
    title: 'a mark chooses the table: policy routing',
    script: `${ROUTED}
  serve b 80
  r: iptables -t mangle -A PREROUTING -p tcp --dport 80 -j MARK --set-mark 7
  r: ip rule add fwmark 7 lookup 100
  r: ip route add unreachable default table 100`,
    probes: [
      ['a tcp 10.2.0.2 80', 'EHOSTUNREACH'],
      ['a tcp 10.2.0.2 81', 'ECONNREFUSED'],
      ['r says ip rule', '0:\tfrom all lookup local\n32765:\tfrom all fwmark 0x7 lookup 100\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default'],
      ['r says ip route get 10.2.0.2 mark 7', 'RTNETLINK answers: No route to host'],
    ],
  },
  {
    title: 'the mark of an own packet chooses its route anew',
    script: `${ROUTED}
  serve b 80
  serve a 80
  a: ip route add 10.2.0.2/32 via 10.1.0.9
  a: ip rule add fwmark 1 lookup 5
  a: ip route add default via 10.1.0.1 table 5
  a: iptables -t mangle -A OUTPUT -p tcp --dport 80 -j MARK --set-mark 1`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.1.0.2'],
      ['a tcp 10.2.0.2 81', 'EHOSTUNREACH'],
    ],
  },
  {
    title: 'rules ask for the device, too',
    script: `${ROUTED}
  r: ip rule add iif left lookup 100
  r: ip route add blackhole 10.2.0.0/24 table 100`,
    probes: [
      ['a ping 10.2.0.2', 'timeout'],
      ['r ping 10.2.0.2', 'reply from 10.2.0.2 ttl 64'],
      ['b ping 10.1.0.2', 'timeout'],
      ['r says ip route get 10.2.0.2 from 10.1.0.2 iif left', 'RTNETLINK answers: Invalid argument'],
    ],
  },
  {
    title: 'loose reverse path filtering is content with any way back',
    script: `${ROUTED}
  r: sysctl -w net.ipv4.conf.all.rp_filter=2
  r: ip route add 10.77.0.0/24 via 10.2.0.2
  a: ip addr add 10.77.0.1/32 dev eth0
  b: ip addr add 10.77.0.9/32 dev eth0
  a: ip route add 10.2.0.9/32 via 10.1.0.1 src 10.77.0.1
  b: ip addr add 10.2.0.9/32 dev eth0
  b: ip route add 10.77.0.1/32 via 10.2.0.1
  r: ip route add 10.77.0.1/32 via 10.1.0.2`,
    probes: [['a ping 10.2.0.9', 'reply from 10.2.0.9 ttl 63']],
  },
  {
    title: 'loose reverse path filtering drops a source that nothing leads to',
    script: `${ROUTED}
  r: sysctl -w net.ipv4.conf.all.rp_filter=2
  a: ip addr add 10.77.0.1/32 dev eth0
  a: ip route add 10.2.0.0/24 via 10.1.0.1 src 10.77.0.1
  r: ip link set left address 02:00:00:00:00:01
  a: ip neigh add 10.1.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent`,
    probes: [
      ['a ping 10.2.0.2', 'timeout'],
      ['a ping 10.1.0.1', 'reply from 10.1.0.1 ttl 64'],
    ],
  },
  {
    title: 'a packet from 127.0.0.1 or to 0.0.0.0 that comes over a wire is a martian',
    script: `${WIRE}
  serve b 80
  a: iptables -t nat -A POSTROUTING -p tcp --dport 80 -j SNAT --to-source 127.0.0.5
  a: ip route add 0.1.2.3/32 via 10.0.0.2`,
    probes: [
      ['a tcp 10.0.0.2 80', 'timeout'],
      ['a ping 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
    ],
  },
  {
    title: 'a packet from one of our own addresses that comes over a wire',
    script: `${ROUTED}
  a: ip addr add 10.2.0.1/32 dev lo
  a: ip route add 10.9.0.0/24 via 10.1.0.1 src 10.2.0.1
  r: ip addr add 10.9.0.1/32 dev lo`,
    // The question for the gateway's card comes from that address, too, and is not believed either.
    probes: [
      ['a ping 10.9.0.1', 'host-unreachable from 10.2.0.1'],
    ],
  },
  {
    title: 'three routers in a row, and a hop limit for each',
    script: `
  ns a r s t b
  veth a:eth0 r:left
  veth r:right s:left
  veth s:right t:left
  veth t:right b:eth0
  a: ip link set eth0 up
  a: ip addr add 10.1.0.2/24 dev eth0
  a: ip route add default via 10.1.0.1
  r: ip link set left up
  r: ip link set right up
  r: ip addr add 10.1.0.1/24 dev left
  r: ip addr add 10.2.0.1/24 dev right
  r: ip route add default via 10.2.0.2
  r: sysctl -w net.ipv4.ip_forward=1
  s: ip link set left up
  s: ip link set right up
  s: ip addr add 10.2.0.2/24 dev left
  s: ip addr add 10.3.0.1/24 dev right
  s: ip route add default via 10.3.0.2
  s: ip route add 10.1.0.0/24 via 10.2.0.1
  s: sysctl -w net.ipv4.ip_forward=1
  t: ip link set left up
  t: ip link set right up
  t: ip addr add 10.3.0.2/24 dev left
  t: ip addr add 10.4.0.1/24 dev right
  t: ip route add default via 10.3.0.1
  t: sysctl -w net.ipv4.ip_forward=1
  b: ip link set eth0 up
  b: ip addr add 10.4.0.2/24 dev eth0
  b: ip route add default via 10.4.0.1`,
    probes: [
      ['a ping -t 1 10.4.0.2', 'ttl-zero-during-transit from 10.1.0.1'],
      ['a ping -t 2 10.4.0.2', 'ttl-zero-during-transit from 10.2.0.2'],
      ['a ping -t 3 10.4.0.2', 'ttl-zero-during-transit from 10.3.0.2'],
      ['a ping -t 4 10.4.0.2', 'reply from 10.4.0.2 ttl 61'],
      // The last two send it back and forth until it has no hops left.
      ['a ping 10.9.0.1', 'ttl-zero-during-transit from 10.2.0.2'],
    ],
  },
  {
    title: 'a path that narrows twice',
    script: `${ROUTED}
  r: ip link set right mtu 1400
  b: ip link set eth0 mtu 1400
  a: ip route add 10.2.0.7/32 via 10.1.0.1 mtu 1300
  b: ip addr add 10.2.0.7/32 dev eth0`,
    probes: [
      ['a ping -s 1273 -D 10.2.0.7', 'EMSGSIZE'],
      ['a ping -s 1272 -D 10.2.0.7', 'reply from 10.2.0.7 ttl 63'],
    ],
  },
  {
    title: 'a router that speaks for itself when it drops',
    script: `${ROUTED}
  r: sysctl -w net.ipv4.conf.left.forwarding=0
  r: sysctl -w net.ipv4.conf.right.forwarding=1`,
    probes: [
      ['a ping 10.2.0.2', 'timeout'],
      ['b ping 10.9.0.1', 'network-unreachable from 10.2.0.1'],
      ['a ping 10.9.0.1', 'timeout'],
    ],
  },
];
