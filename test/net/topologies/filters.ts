/** netfilter: what is let through, what is refused, and how. */
import type { Topology } from './script.ts';
import { CALICO, CALICO_ARP, ROUTED, WIRE } from './wires.ts';

export const filters: readonly Topology[] = [
  {
    title: 'filters at the receiver',
    script: `${WIRE}
  serve b 80
  serve b 81
  serve b 82
  serve b 83
  b: iptables -A INPUT -p icmp -j DROP
  b: iptables -A INPUT -p tcp --dport 81 -j REJECT
  b: iptables -A INPUT -p tcp --dport 82 -j REJECT --reject-with tcp-reset
  b: iptables -A INPUT -p tcp --dport 83 -j REJECT --reject-with icmp-admin-prohibited`,
    probes: [
      ['a ping 10.0.0.2', 'timeout'],
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
      ['a tcp 10.0.0.2 81', 'ECONNREFUSED'],
      ['a tcp 10.0.0.2 82', 'ECONNREFUSED'],
      ['a tcp 10.0.0.2 83', 'EHOSTUNREACH'],
    ],
  },
  {
    title: 'filters at the sender',
    script: `${WIRE}
  serve b 80
  a: iptables -A OUTPUT -p udp --dport 53 -j DROP
  a: iptables -A OUTPUT -p tcp --dport 80 -j DROP
  a: iptables -A OUTPUT -p tcp --dport 81 -j REJECT`,
    probes: [
      ['a udp 10.0.0.2 53', 'EPERM'],
      ['a tcp 10.0.0.2 80', 'timeout'],
      ['a tcp 10.0.0.2 81', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'a firewall that lets answers through and nothing else',
    script: `${ROUTED}
  serve a 80
  serve b 80
  r: iptables -P FORWARD DROP
  r: iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  r: iptables -A FORWARD -i left -o right -m conntrack --ctstate NEW -j ACCEPT`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.1.0.2'],
      ['a tcp 10.2.0.2 81', 'ECONNREFUSED'],
      ['b tcp 10.1.0.2 80', 'timeout'],
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['b ping 10.1.0.2', 'timeout'],
    ],
  },
  {
    title: 'user chains: jump, return, goto',
    script: `${WIRE}
  b: iptables -N FIRST
  b: iptables -N SECOND
  b: iptables -A FIRST -p tcp --dport 81 -j RETURN
  b: iptables -A FIRST -p tcp --dport 82 -g SECOND
  b: iptables -A FIRST -j REJECT
  b: iptables -A SECOND -p tcp --dport 9 -j ACCEPT
  b: iptables -A INPUT -p tcp -j FIRST
  b: iptables -A INPUT -p tcp --dport 82 -j REJECT --reject-with icmp-host-prohibited
  serve b 80
  serve b 81
  serve b 82`,
    probes: [
      ['a tcp 10.0.0.2 80', 'ECONNREFUSED'],
      ['a tcp 10.0.0.2 81', 'b: hello from 10.0.0.1'],
      ['a tcp 10.0.0.2 82', 'EHOSTUNREACH'],
    ],
  },
  {
    title: 'policies as Felix writes them: marks accept, the end of the tier drops',
    script: `${CALICO}${CALICO_ARP}
  serve q 80
  serve q 81
  node: iptables -N cali-pi-web
  node: iptables -A cali-pi-web -s 192.168.1.2/32 -p tcp -m multiport --dports 80,8080:8090 -j MARK --set-xmark 0x10000/0x10000
  node: iptables -A cali-pi-web -m mark --mark 0x10000/0x10000 -j RETURN
  node: iptables -N cali-tw-q
  node: iptables -A cali-tw-q -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  node: iptables -A cali-tw-q -j MARK --set-xmark 0x0/0x30000
  node: iptables -A cali-tw-q -m mark --mark 0x0/0x20000 -j cali-pi-web
  node: iptables -A cali-tw-q -m mark --mark 0x10000/0x10000 -j RETURN
  node: iptables -A cali-tw-q -m mark --mark 0x0/0x20000 -j DROP
  node: iptables -A FORWARD -o cali2 -g cali-tw-q`,
    probes: [
      ['p tcp 192.168.1.3 80', 'q: hello from 192.168.1.2'],
      ['p tcp 192.168.1.3 81', 'timeout'],
      ['p ping 192.168.1.3', 'timeout'],
      ['q ping 192.168.1.2', 'reply from 192.168.1.2 ttl 63'],
      ['node tcp 192.168.1.3 81', 'q: hello from 172.18.0.2'],
    ],
  },
];
