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
];
