/** Packets in packets: VXLAN and IP in IP. */
import type { Topology } from './script.ts';
import { ROUTED, VXLAN, WIRE } from './wires.ts';

export const tunnels: readonly Topology[] = [
  {
    title: 'VXLAN with tables written by hand',
    script: `${VXLAN}
  a: bridge fdb append 02:00:00:00:00:0b dev flannel.1 dst 10.0.0.2
  b: bridge fdb append 02:00:00:00:00:0a dev flannel.1 dst 10.0.0.1
  serve b 80`,
    probes: [
      ['a ping 10.244.1.0', 'reply from 10.244.1.0 ttl 64'],
      ['a tcp 10.244.1.0 80', 'b: hello from 10.244.0.0'],
    ],
  },
  {
    title: 'VXLAN whose table lacks the other side',
    script: `${VXLAN}\n  b: bridge fdb append 02:00:00:00:00:0a dev flannel.1 dst 10.0.0.1`,
    probes: [['a ping 10.244.1.0', 'timeout']],
  },
  {
    title: 'VXLAN that learns, flooding to one remote host',
    script: `${WIRE}
  a: ip link add vx0 type vxlan id 7 remote 10.0.0.2 dev eth0 dstport 4789
  b: ip link add vx0 type vxlan id 7 remote 10.0.0.1 dev eth0 dstport 4789
  a: ip link set vx0 up
  b: ip link set vx0 up
  a: ip addr add 10.7.0.1/24 dev vx0
  b: ip addr add 10.7.0.2/24 dev vx0`,
    probes: [
      ['a ping 10.7.0.2', 'reply from 10.7.0.2 ttl 64'],
      ['a ping 10.7.0.9', 'host-unreachable from 10.7.0.1'],
    ],
  },
  {
    title: 'a tunnel of IP in IP',
    script: `${ROUTED}
  a: ip link add ipip0 type ipip local 10.1.0.2 remote 10.2.0.2
  b: ip link add ipip0 type ipip local 10.2.0.2 remote 10.1.0.2
  a: ip link set ipip0 up
  b: ip link set ipip0 up
  a: ip addr add 192.168.7.1/30 dev ipip0
  b: ip addr add 192.168.7.2/30 dev ipip0`,
    probes: [
      ['a ping 192.168.7.2', 'reply from 192.168.7.2 ttl 64'],
      ['a ping -s 1452 -D 192.168.7.2', 'reply from 192.168.7.2 ttl 64'],
      ['a ping -s 1453 -D 192.168.7.2', 'EMSGSIZE'],
    ],
  },
];
