/** Wires, devices and what fits through them. */
import type { Topology } from './script.ts';
import { ROUTED, WIRE } from './wires.ts';

export const links: readonly Topology[] = [
  {
    title: 'two hosts on one wire',
    script: `${WIRE}\n  serve b 80`,
    probes: [
      ['a ping 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
      ['a ping 10.0.0.1', 'reply from 10.0.0.1 ttl 64'],
      ['a ping 127.0.0.1', 'reply from 127.0.0.1 ttl 64'],
      ['a ping 10.0.0.9', 'host-unreachable from 10.0.0.1'],
      ['a ping 10.9.9.9', 'ENETUNREACH'],
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
      ['a tcp 10.0.0.2 81', 'ECONNREFUSED'],
      ['a tcp 10.0.0.9 80', 'EHOSTUNREACH'],
      ['a tcp 10.9.9.9 80', 'ENETUNREACH'],
      ['b tcp 127.0.0.1 80', 'b: hello from 127.0.0.1'],
    ],
  },
  {
    title: 'datagrams',
    script: `${ROUTED}
  serveudp b 53
  r: iptables -A FORWARD -p udp --dport 55 -j DROP
  r: iptables -A FORWARD -p udp --dport 56 -j REJECT
  r: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.2.0.2:53`,
    probes: [
      ['a udp 10.2.0.2 53', 'b: hello from 10.1.0.2'],
      ['a udp 10.2.0.2 54', 'ECONNREFUSED'],
      ['a udp 10.2.0.2 55', 'timeout'],
      ['a udp 10.2.0.2 56', 'ECONNREFUSED'],
      ['a udp 10.96.0.10 53', 'b: hello from 10.1.0.2'],
      // An unreachable network may come back: a connected socket is not told.
      ['a udp 10.9.9.9 53', 'timeout'],
    ],
  },
  {
    title: 'a cable that is unplugged at the other end',
    script: `${WIRE}\n  b: ip link set eth0 down`,
    probes: [['a ping 10.0.0.2', 'host-unreachable from 10.0.0.1']],
  },
  {
    title: 'a device that is down has no routes',
    script: `${WIRE}\n  a: ip link set eth0 down`,
    probes: [
      ['a ping 10.0.0.2', 'ENETUNREACH'],
      ['a ping 10.0.0.1', 'reply from 10.0.0.1 ttl 64'],
    ],
  },
  {
    title: 'a link with a smaller MTU in the middle',
    script: `${ROUTED}
  r: ip link set right mtu 1400
  b: ip link set eth0 mtu 1400`,
    probes: [
      ['a ping -s 1373 -D 10.2.0.2', 'fragmentation-needed from 10.1.0.1 mtu 1400'],
      ['b ping -s 1372 -D 10.1.0.2', 'reply from 10.1.0.2 ttl 63'],
      ['b ping -s 1373 -D 10.1.0.2', 'EMSGSIZE'],
    ],
  },
  {
    title: 'a device that is for nobody but itself: dummy',
    script: `${WIRE}
  b: ip link add web0 type dummy
  b: ip link set web0 up
  b: ip addr add 10.50.0.1/32 dev web0
  a: ip route add 10.50.0.0/24 via 10.0.0.2
  serve b 80`,
    probes: [
      ['a tcp 10.50.0.1 80', 'b: hello from 10.0.0.1'],
      ['a ping 10.50.0.2', 'timeout'],
      ['b ping 10.50.0.1', 'reply from 10.50.0.1 ttl 64'],
    ],
  },
  {
    title: 'two addresses of one network: the second is never chosen by itself',
    script: `${WIRE}
  a: ip addr add 10.0.0.7/24 dev eth0
  serve b 80`,
    probes: [
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
      ['b ping 10.0.0.7', 'reply from 10.0.0.7 ttl 64'],
      ['a says ip -4 addr show dev eth0 2>/dev/null | grep secondary', 'inet 10.0.0.7/24 scope global secondary eth0'],
    ],
  },
  {
    title: 'an address and its peer at the other end of a wire',
    script: `
  ns a b
  veth a:eth0 b:eth0
  a: ip link set eth0 up
  b: ip link set eth0 up
  a: ip addr add 10.9.0.1 peer 10.9.0.2/32 dev eth0
  b: ip addr add 10.9.0.2 peer 10.9.0.1/32 dev eth0
  serve b 80`,
    probes: [
      ['a tcp 10.9.0.2 80', 'b: hello from 10.9.0.1'],
      ['a ping 10.9.0.3', 'ENETUNREACH'],
    ],
  },
  {
    title: 'everybody on the wire, asked at once',
    script: `${WIRE}
  b: sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=0`,
    probes: [
      ['a ping 10.0.0.255', 'reply from 10.0.0.2 ttl 64'],
      ['b ping 10.0.0.255', 'reply from 10.0.0.2 ttl 64'],
    ],
  },
  {
    title: 'a group that every host is in, 224.0.0.1',
    script: `${WIRE}
  a: ip route add 224.0.0.0/4 dev eth0
  b: ip route add 224.0.0.0/4 dev eth0
  b: sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=0`,
    probes: [
      ['a ping 224.0.0.1', 'reply from 10.0.0.2 ttl 64'],
      ['a ping 239.1.1.1', 'timeout'],
      ['b ping 224.0.0.1', 'reply from 10.0.0.2 ttl 64'],
    ],
  },
  {
    title: 'a host that answers no pings',
    script: `${WIRE}
  b: sysctl -w net.ipv4.icmp_echo_ignore_all=1
  serve b 80`,
    probes: [
      ['a ping 10.0.0.2', 'timeout'],
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
    ],
  },
  {
    title: 'jumbo frames on one side only',
    script: `${WIRE}
  a: ip link set eth0 mtu 9000
  b: ip link set eth0 mtu 1500`,
    probes: [
      ['a ping -s 1472 -D 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
      // A cable lets four bytes more through, for a VLAN's tag (is_skb_forwardable).
      ['a ping -s 1476 -D 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
      ['a ping -s 1477 -D 10.0.0.2', 'timeout'],
      ['b ping -s 1473 -D 10.0.0.1', 'EMSGSIZE'],
    ],
  },
];
