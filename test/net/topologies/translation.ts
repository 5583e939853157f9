/** NAT: destinations and sources rewritten, and rewritten back. */
import type { Topology } from './script.ts';
import { CALICO, CALICO_ARP, ROUTED, WIRE } from './wires.ts';

export const translation: readonly Topology[] = [
  {
    title: 'a destination translated by a router, and the errors about it translated back',
    script: `${ROUTED}
  serve b 8080
  r: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.2.0.2:8080
  r: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 81 -j DNAT --to-destination 10.2.0.2:8081
  r: iptables -t nat -A PREROUTING -d 10.96.0.11/32 -j DNAT --to-destination 10.2.0.9
  r: iptables -t nat -A OUTPUT -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.2.0.2:8080`,
    probes: [
      ['a tcp 10.96.0.10 80', 'b: hello from 10.1.0.2'],
      ['a tcp 10.96.0.10 81', 'ECONNREFUSED'],
      ['a tcp 10.96.0.10 82', 'ENETUNREACH'],
      ['a tcp 10.96.0.11 80', 'EHOSTUNREACH'],
      ['r tcp 10.2.0.2 8080', 'b: hello from 10.2.0.1'],
    ],
  },
  {
    title: 'a source translated by a router',
    script: `${ROUTED}
  serve b 80
  b: ip route del default
  r: iptables -t nat -A POSTROUTING -o right -j MASQUERADE`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.2.0.1'],
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['a tcp 10.2.0.2 81', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'one port redirected to another on the same machine',
    script: `${WIRE}
  serve b 8080
  b: iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
  b: iptables -t nat -A OUTPUT -d 10.0.0.2/32 -p tcp --dport 80 -j REDIRECT --to-ports 8080`,
    probes: [
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
      ['b tcp 10.0.0.2 80', 'b: hello from 10.0.0.2'],
    ],
  },
  {
    title: 'a node port on localhost needs route_localnet and masquerading',
    script: `${ROUTED}
  serve b 8080
  r: sysctl -w net.ipv4.conf.all.route_localnet=1
  r: iptables -t nat -A OUTPUT -p tcp --dport 30080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.2.0.2:8080
  r: iptables -t nat -A PREROUTING -p tcp --dport 30080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.2.0.2:8080
  r: iptables -t nat -A POSTROUTING -s 127.0.0.0/8 -o right -j MASQUERADE`,
    probes: [
      ['r tcp 127.0.0.1 30080', 'b: hello from 10.2.0.1'],
      ['r tcp 10.1.0.1 30080', 'b: hello from 10.1.0.1'],
      ['a tcp 10.1.0.1 30080', 'b: hello from 10.1.0.2'],
      ['a tcp 10.2.0.1 30080', 'b: hello from 10.1.0.2'],
      ['b tcp 10.2.0.1 30080', 'timeout'],
    ],
  },
  {
    title: 'the same node port without route_localnet: the answer to 127.0.0.1 is a martian',
    script: `${ROUTED}
  serve b 8080
  r: iptables -t nat -A OUTPUT -p tcp --dport 30080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.2.0.2:8080
  r: iptables -t nat -A POSTROUTING -s 127.0.0.0/8 -o right -j MASQUERADE`,
    probes: [['r tcp 127.0.0.1 30080', 'timeout']],
  },
  {
    title: 'a pod reaches itself through its Service only when masqueraded',
    script: `${CALICO}${CALICO_ARP}
  serve p 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 192.168.1.2:8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.11/32 -p tcp --dport 80 -j DNAT --to-destination 192.168.1.2:8080
  node: iptables -t nat -A POSTROUTING -s 192.168.1.2/32 -d 192.168.1.2/32 -m conntrack --ctorigdst 10.96.0.10 -j MASQUERADE`,
    probes: [
      ['p tcp 10.96.0.10 80', 'p: hello from 172.18.0.2'],
      ['p tcp 10.96.0.11 80', 'timeout'],
    ],
  },
  {
    title: 'a Service with one endpoint, as kube-proxy writes it, seen from a pod and from the node',
    script: `${ROUTED}
  serve b 8080
  r: iptables -t nat -N KUBE-SERVICES
  r: iptables -t nat -N KUBE-SVC-WEB
  r: iptables -t nat -N KUBE-SEP-WEB
  r: iptables -t nat -N KUBE-MARK-MASQ
  r: iptables -t nat -N KUBE-POSTROUTING
  r: iptables -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
  r: iptables -t nat -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
  r: iptables -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
  r: iptables -t nat -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-WEB
  r: iptables -t nat -A KUBE-SVC-WEB ! -s 10.1.0.0/16 -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
  r: iptables -t nat -A KUBE-SVC-WEB -m comment --comment "default/web -> 10.2.0.2:8080" -j KUBE-SEP-WEB
  r: iptables -t nat -A KUBE-SEP-WEB -p tcp -m tcp -j DNAT --to-destination 10.2.0.2:8080
  r: iptables -t nat -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
  r: iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
  r: iptables -t nat -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
  r: iptables -t nat -A KUBE-POSTROUTING -j MASQUERADE --random-fully
  r: ip route add default via 10.2.0.2
  r: iptables -A FORWARD -d 10.96.0.11/32 -p tcp -j REJECT --reject-with icmp-port-unreachable`,
    probes: [
      ['a tcp 10.96.0.10 80', 'b: hello from 10.1.0.2'],
      ['r tcp 10.96.0.10 80', 'b: hello from 10.2.0.1'],
      ['b tcp 10.96.0.10 80', 'b: hello from 10.2.0.1'],
      ['a tcp 10.96.0.11 80', 'ECONNREFUSED'],
    ],
  },
];
