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
  {
    title: 'VXLAN whose hosts find each other by a multicast group',
    script: `
  ns lan a b c
  lan: ip link add br0 type bridge
  veth a:eth0 lan:a0
  veth b:eth0 lan:b0
  veth c:eth0 lan:c0
  lan: sysctl -w net.bridge.bridge-nf-call-iptables=0
  lan: for port in a0 b0 c0; do ip link set $port master br0; ip link set $port up; done
  lan: ip link set br0 up
  a: ip link set eth0 up
  b: ip link set eth0 up
  c: ip link set eth0 up
  a: ip addr add 192.168.64.4/24 dev eth0
  b: ip addr add 192.168.64.5/24 dev eth0
  c: ip addr add 192.168.64.6/24 dev eth0
  a: ip link add vx0 type vxlan id 100 group 239.1.1.1 dstport 4789 dev eth0
  b: ip link add vx0 type vxlan id 100 group 239.1.1.1 dstport 4789 dev eth0
  c: ip link add vx0 type vxlan id 101 group 239.1.1.1 dstport 4789 dev eth0
  a: ip link set vx0 up
  b: ip link set vx0 up
  c: ip link set vx0 up
  a: ip addr add 10.7.0.1/24 dev vx0
  b: ip addr add 10.7.0.2/24 dev vx0
  c: ip addr add 10.7.0.3/24 dev vx0`,
    probes: [
      ['a ping 10.7.0.2', 'reply from 10.7.0.2 ttl 64'],
      // Another network identifier is another network.
      ['a ping 10.7.0.3', 'host-unreachable from 10.7.0.1'],
      ['a ping -s 1422 -D 10.7.0.2', 'reply from 10.7.0.2 ttl 64'],
      ['a ping -s 1423 -D 10.7.0.2', 'EMSGSIZE'],
      ['a says bridge fdb show dev vx0 | grep -o "dst 192[0-9.]*"', 'dst 192.168.64.5'],
    ],
  },
  {
    title: 'VXLAN over a bridge at each end: a network that two machines share',
    script: `${WIRE}
  ns p q
  a: ip link add br0 type bridge
  b: ip link add br0 type bridge
  a: ip link add vx0 type vxlan id 9 remote 10.0.0.2 dstport 4789 dev eth0
  b: ip link add vx0 type vxlan id 9 remote 10.0.0.1 dstport 4789 dev eth0
  veth p:eth0 a:p0
  veth q:eth0 b:q0
  a: for port in vx0 p0; do ip link set $port master br0; ip link set $port up; done; ip link set br0 up
  b: for port in vx0 q0; do ip link set $port master br0; ip link set $port up; done; ip link set br0 up
  a: sysctl -w net.bridge.bridge-nf-call-iptables=0
  b: sysctl -w net.bridge.bridge-nf-call-iptables=0
  p: ip link set eth0 up; ip addr add 10.7.0.1/24 dev eth0
  q: ip link set eth0 up; ip addr add 10.7.0.2/24 dev eth0
  serve q 80`,
    probes: [
      ['p ping 10.7.0.2', 'reply from 10.7.0.2 ttl 64'],
      ['p tcp 10.7.0.2 80', 'q: hello from 10.7.0.1'],
      // The device's MTU is 1450, the pod's 1500: what is too long for the tunnel vanishes.
      ['p ping -s 1427 -D 10.7.0.2', 'timeout'],
    ],
  },
  {
    title: 'VXLAN to the wrong port',
    script: `${WIRE}
  a: ip link add vx0 type vxlan id 7 remote 10.0.0.2 dev eth0 dstport 4789
  b: ip link add vx0 type vxlan id 7 remote 10.0.0.1 dev eth0 dstport 8472
  a: ip link set vx0 up; ip addr add 10.7.0.1/24 dev vx0
  b: ip link set vx0 up; ip addr add 10.7.0.2/24 dev vx0`,
    probes: [['a ping 10.7.0.2', 'host-unreachable from 10.7.0.1']],
  },
  {
    title: 'VXLAN whose outer packets a firewall drops',
    script: `${WIRE}
  a: ip link add vx0 type vxlan id 7 remote 10.0.0.2 dev eth0 dstport 4789
  b: ip link add vx0 type vxlan id 7 remote 10.0.0.1 dev eth0 dstport 4789
  a: ip link set vx0 up; ip addr add 10.7.0.1/24 dev vx0
  b: ip link set vx0 up; ip addr add 10.7.0.2/24 dev vx0
  b: iptables -A INPUT -p udp --dport 4789 -j DROP`,
    probes: [
      ['a ping 10.7.0.2', 'host-unreachable from 10.7.0.1'],
      ['a ping 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
    ],
  },
  {
    title: 'VXLAN between a host that learns and one that does not',
    script: `${WIRE}
  a: ip link add vx0 type vxlan id 7 remote 10.0.0.2 dev eth0 dstport 4789
  b: ip link add vx0 type vxlan id 7 dev eth0 dstport 4789 nolearning
  a: ip link set vx0 up; ip addr add 10.7.0.1/24 dev vx0
  b: ip link set vx0 up; ip addr add 10.7.0.2/24 dev vx0`,
    probes: [['a ping 10.7.0.2', 'host-unreachable from 10.7.0.1']],
  },
];
