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
];
