/** ARP: who is asked, who answers, and for whom. */
import type { Topology } from './script.ts';
import { BRIDGED, CALICO, CALICO_ARP, ROUTED, WIRE } from './wires.ts';

export const neighbors: readonly Topology[] = [
  {
    title: 'pods behind proxy ARP',
    script: `${CALICO}${CALICO_ARP}\n  serve q 80`,
    probes: [
      ['p ping 192.168.1.3', 'reply from 192.168.1.3 ttl 63'],
      ['p tcp 192.168.1.3 80', 'q: hello from 192.168.1.2'],
      ['node ping 192.168.1.2', 'reply from 192.168.1.2 ttl 64'],
    ],
  },
  {
    title: 'the same pods when nobody speaks for the gateway',
    script: CALICO,
    probes: [['p ping 192.168.1.3', 'host-unreachable from 192.168.1.2']],
  },
  {
    title: 'who has no answer stays incomplete, and then failed',
    script: WIRE,
    probes: [
      ['a ping 10.0.0.9', 'host-unreachable from 10.0.0.1'],
      ['a says ip neigh show 10.0.0.9', '10.0.0.9 dev eth0 FAILED'],
    ],
  },
  {
    title: 'a neighbour written by hand to the wrong card',
    script: `${WIRE}
  a: ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent`,
    probes: [
      ['a ping 10.0.0.2', 'timeout'],
      ['b ping 10.0.0.1', 'timeout'],
      ['a says ip neigh show dev eth0', '10.0.0.2 lladdr 02:00:00:00:00:99 PERMANENT'],
    ],
  },
  {
    title: 'a neighbour written by hand that nobody could have asked for',
    script: `${WIRE}
  b: ip link set eth0 address 02:00:00:00:00:0b
  b: ip addr add 10.66.0.1/32 dev lo
  a: ip route add 10.66.0.0/24 dev eth0
  a: ip neigh add 10.66.0.1 lladdr 02:00:00:00:00:0b dev eth0 nud permanent
  b: sysctl -w net.ipv4.conf.all.arp_ignore=1`,
    probes: [
      ['a ping 10.66.0.1', 'reply from 10.66.0.1 ttl 64'],
      ['a ping 10.66.0.2', 'host-unreachable from 10.0.0.1'],
    ],
  },
  {
    title: 'an address of another card is answered for, unless arp_ignore says not to',
    script: `${WIRE}
  b: ip addr add 10.66.0.1/32 dev lo
  b: ip addr add 10.66.0.2/32 dev eth0
  a: ip route add 10.66.0.0/24 dev eth0`,
    probes: [
      ['a ping 10.66.0.1', 'reply from 10.66.0.1 ttl 64'],
      ['a ping 10.66.0.2', 'reply from 10.66.0.2 ttl 64'],
    ],
  },
  {
    title: 'the same with arp_ignore',
    script: `${WIRE}
  b: ip addr add 10.66.0.1/32 dev lo
  b: ip addr add 10.66.0.2/32 dev eth0
  b: sysctl -w net.ipv4.conf.all.arp_ignore=1
  a: ip route add 10.66.0.0/24 dev eth0`,
    probes: [
      ['a ping 10.66.0.1', 'host-unreachable from 10.0.0.1'],
      ['a ping 10.66.0.2', 'reply from 10.66.0.2 ttl 64'],
    ],
  },
  {
    title: 'a router that answers for one address by hand',
    script: `${ROUTED}
  r: ip neigh add proxy 10.1.0.77 dev left
  r: sysctl -w net.ipv4.neigh.left.proxy_delay=0
  r: ip route add 10.1.0.77/32 via 10.2.0.2
  r: ip route add 10.1.0.78/32 via 10.2.0.2
  b: ip addr add 10.1.0.77/32 dev lo
  b: ip addr add 10.1.0.78/32 dev lo`,
    probes: [
      ['a ping 10.1.0.77', 'reply from 10.1.0.77 ttl 63'],
      ['a ping 10.1.0.78', 'host-unreachable from 10.1.0.2'],
    ],
  },
  {
    title: 'two hosts with one address: the first to answer is believed',
    script: `${BRIDGED}
  q: ip addr add 10.244.0.2/24 dev eth0
  serve q 80`,
    probes: [
      ['p tcp 10.244.0.2 80', 'ECONNREFUSED'],
      ['q tcp 10.244.0.2 80', 'q: hello from 10.244.0.3'],
    ],
  },
  {
    title: 'a device that asks nobody: noarp',
    script: `${WIRE}
  b: ip link set eth0 arp off`,
    probes: [
      ['a ping 10.0.0.2', 'host-unreachable from 10.0.0.1'],
      ['b ping 10.0.0.1', 'timeout'],
    ],
  },
];
