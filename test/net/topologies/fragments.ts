/** What is too large for a link: cut, seen by rules, translated, put together again, or refused. */
import type { Topology } from './script.ts';
import { ROUTED, WIRE } from './wires.ts';

const NARROW = `${ROUTED}
  r: ip link set right mtu 1400
  b: ip link set eth0 mtu 1400`;

export const fragments: readonly Topology[] = [
  {
    title: 'an echo larger than the links crosses in pieces',
    script: NARROW,
    probes: [
      ['a ping -s 3000 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['b ping -s 9000 10.1.0.2', 'reply from 10.1.0.2 ttl 63'],
      ['a ping -s 65507 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
    ],
  },
  {
    title: 'who sends learns what the way takes, and cuts from then on',
    script: NARROW,
    probes: [
      ['a says ping -c 1 -W 1 -s 1450 10.2.0.2 | grep -o "mtu = 1400"', 'mtu = 1400'],
      ['a says ping -c 1 -W 1 -s 1450 10.2.0.2 | grep -o "1 received"', '1 received'],
      ['a says ping -c 1 -W 1 -s 1450 -M do 10.2.0.2 2>&1 | grep -o "message too long, mtu=1400"', 'message too long, mtu=1400'],
    ],
  },
  {
    title: 'a datagram that nobody may cut, and one that anybody may',
    script: NARROW,
    probes: [
      ['a says ping -c 1 -W 1 -s 1450 -M dont 10.2.0.2 | grep -o "1 received"', '1 received'],
      ['a says ping -c 1 -W 1 -s 1450 -M do 10.2.0.2 | grep -o "mtu = 1400"', 'mtu = 1400'],
    ],
  },
  {
    title: 'without connections a router sees pieces, and only the first has a header',
    script: `${ROUTED}
  r: iptables -A FORWARD -f -d 10.2.0.2
  r: iptables -A FORWARD ! -f -d 10.2.0.2
  r: iptables -A FORWARD -p icmp --icmp-type 8 -d 10.2.0.2`,
    probes: [
      ['a ping -s 4000 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['r says iptables -vS FORWARD 1', '-A FORWARD -d 10.2.0.2/32 -f -c 2 2568'],
      ['r says iptables -vS FORWARD 2', '-A FORWARD -d 10.2.0.2/32 ! -f -c 1 1500'],
      ['r says iptables -vS FORWARD 3', '-A FORWARD -d 10.2.0.2/32 -p icmp -m icmp --icmp-type 8 -c 1 1500'],
    ],
  },
  {
    title: 'dropping the pieces behind the first drops what is large',
    script: `${ROUTED}\n  r: iptables -A FORWARD -f -j DROP`,
    probes: [
      ['a ping -s 1000 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['a ping -s 2000 10.2.0.2', 'timeout'],
    ],
  },
  {
    title: 'where connections are tracked, rules see the whole',
    script: `${ROUTED}
  r: iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
  r: iptables -A FORWARD -f -d 10.2.0.2
  r: iptables -A FORWARD -p icmp --icmp-type 8 -m length --length 4028 -d 10.2.0.2`,
    probes: [
      ['a ping -s 4000 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['r says iptables -vS FORWARD 2', '-A FORWARD -d 10.2.0.2/32 -f -c 0 0'],
      ['r says iptables -vS FORWARD 3', '-A FORWARD -d 10.2.0.2/32 -p icmp -m icmp --icmp-type 8 -m length --length 4028 -c 1 4028'],
    ],
  },
  {
    title: 'what is translated is translated whole',
    script: `${NARROW}
  b: ip route del default
  r: iptables -t nat -A POSTROUTING -o right -j MASQUERADE
  r: iptables -t nat -A PREROUTING -d 10.9.9.9 -j DNAT --to-destination 10.2.0.2`,
    probes: [
      ['a ping -s 3000 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['a ping -s 3000 10.9.9.9', 'reply from 10.9.9.9 ttl 63'],
    ],
  },
  {
    title: 'a tunnel as wide as its road: the outer packets are cut',
    script: `${WIRE}
  a: ip link add vx0 type vxlan id 7 remote 10.0.0.2 dstport 4789
  b: ip link add vx0 type vxlan id 7 remote 10.0.0.1 dstport 4789
  a: ip link set vx0 up; ip addr add 10.7.0.1/24 dev vx0
  b: ip link set vx0 up; ip addr add 10.7.0.2/24 dev vx0`,
    probes: [
      ['a ping -s 1472 -D 10.7.0.2', 'reply from 10.7.0.2 ttl 64'],
      ['a ping -s 3000 10.7.0.2', 'reply from 10.7.0.2 ttl 64'],
    ],
  },
];
