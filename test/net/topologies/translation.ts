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
  {
    title: 'three endpoints, each its share',
    script: `${ROUTED}
  b: ip addr add 10.2.0.3/24 dev eth0
  b: ip addr add 10.2.0.4/24 dev eth0
  serve b 80
  r: iptables -t nat -N SVC
  r: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j SVC
  r: iptables -t nat -A SVC -m statistic --mode nth --every 3 --packet 0 -p tcp -j DNAT --to-destination 10.2.0.2:80
  r: iptables -t nat -A SVC -m statistic --mode nth --every 2 --packet 0 -p tcp -j DNAT --to-destination 10.2.0.3:80
  r: iptables -t nat -A SVC -p tcp -j DNAT --to-destination 10.2.0.4:80`,
    probes: [
      ['a says for i in 1 2 3 4 5 6; do nc -z -w 2 10.96.0.10 80; done; echo done', 'done'],
      ['r says conntrack -L -p tcp 2>/dev/null | grep -o "src=10.2.0.[234]" | sort | uniq -c', '2 src=10.2.0.2\n      2 src=10.2.0.3\n      2 src=10.2.0.4'],
    ],
  },
  {
    title: 'a source chosen by hand, and a range of ports for it',
    script: `${ROUTED}
  serve b 80
  b: ip route del default
  b: ip route add 10.2.0.77/32 via 10.2.0.1
  r: iptables -t nat -A POSTROUTING -o right -p tcp --dport 80 -j SNAT --to-source 10.2.0.77
  r: iptables -t nat -A POSTROUTING -o right -p tcp --dport 81 -j SNAT --to-source 10.2.0.1:4000-4010`,
    probes: [
      // Nobody has 10.2.0.77, and conntrack knows all the same whom the answer is for.
      ['a tcp 10.2.0.2 80', 'b: hello from 10.2.0.77'],
      ['a tcp 10.2.0.2 81', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'masqueraded fully at random',
    script: `${ROUTED}
  serve b 80
  b: ip route del default
  r: iptables -t nat -A POSTROUTING -o right -j MASQUERADE --random-fully`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.2.0.1'],
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['r says iptables -t nat -S POSTROUTING', '-P POSTROUTING ACCEPT\n-A POSTROUTING -o right -j MASQUERADE --random-fully'],
    ],
  },
  {
    title: 'an answer that comes another way is not translated back',
    script: `${ROUTED}
  ns s
  veth a:eth1 s:left
  veth s:right b:eth1
  a: ip link set eth1 up; ip addr add 10.3.0.2/24 dev eth1
  s: ip link set left up; ip addr add 10.3.0.1/24 dev left; ip link set right up; ip addr add 10.4.0.1/24 dev right; sysctl -qw net.ipv4.ip_forward=1
  s: ip route add 10.1.0.0/24 via 10.3.0.2
  b: ip link set eth1 up; ip addr add 10.4.0.2/24 dev eth1
  b: ip route add 10.1.0.0/24 via 10.4.0.1
  serve b 80
  r: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.2.0.2:80`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.1.0.2'],
      ['a tcp 10.96.0.10 80', 'timeout'],
    ],
  },
  {
    title: 'translated twice: a client\'s node and a router behind it',
    script: `${ROUTED}
  serve b 8080
  a: iptables -t nat -A OUTPUT -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.1.0.1:30080
  r: iptables -t nat -A PREROUTING -p tcp --dport 30080 -j DNAT --to-destination 10.2.0.2:8080
  r: iptables -t nat -A POSTROUTING -d 10.2.0.2/32 -j MASQUERADE`,
    probes: [
      ['a tcp 10.96.0.10 80', 'b: hello from 10.2.0.1'],
      ['a tcp 10.1.0.1 30080', 'b: hello from 10.2.0.1'],
    ],
  },
  {
    title: 'what came in for one address goes out from another: INPUT of the nat table',
    script: `${WIRE}
  serve b 80
  b: iptables -t nat -A INPUT -p tcp --dport 80 -j SNAT --to-source 10.77.0.7
  b: ip route add 10.77.0.7/32 via 10.0.0.1`,
    probes: [
      ['a tcp 10.0.0.2 80', 'b: hello from 10.77.0.7'],
    ],
  },
  {
    title: 'a Service without endpoints, as kube-proxy writes it',
    script: `${ROUTED}
  r: iptables -N KUBE-SERVICES
  r: iptables -A INPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
  r: iptables -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
  r: iptables -A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
  r: iptables -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
  r: ip route add default via 10.2.0.2`,
    probes: [
      ['a tcp 10.96.0.10 80', 'ECONNREFUSED'],
      ['r tcp 10.96.0.10 80', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'a node port that only its own node serves, as externalTrafficPolicy Local has it',
    script: `${ROUTED}
  serve b 8080
  r: iptables -t nat -N KUBE-NODEPORTS
  r: iptables -t nat -N KUBE-EXT-WEB
  r: iptables -t nat -N KUBE-SVL-WEB
  r: iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
  r: iptables -t nat -A OUTPUT -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
  r: iptables -t nat -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT-WEB
  r: iptables -t nat -A KUBE-EXT-WEB -j KUBE-SVL-WEB
  r: iptables -t nat -A KUBE-SVL-WEB -p tcp -j DNAT --to-destination 10.2.0.2:8080
  r: iptables -t nat -A KUBE-NODEPORTS -p tcp -m tcp --dport 30081 -j DNAT --to-destination 10.2.0.9:8080`,
    probes: [
      ['a tcp 10.1.0.1 30080', 'b: hello from 10.1.0.2'],
      ['r tcp 10.1.0.1 30080', 'b: hello from 10.1.0.1'],
      ['a tcp 10.1.0.1 30081', 'EHOSTUNREACH'],
      ['a tcp 10.1.0.1 30082', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'a destination translated for datagrams stays translated while they flow',
    script: `${ROUTED}
  serveudp b 53
  r: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p udp --dport 53 -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.2.0.2:53
  r: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p udp --dport 53 -j DNAT --to-destination 10.2.0.2:54`,
    probes: [
      ['a says printf hello | nc -u -w 1 -p 4000 10.96.0.10 53', 'b: hello from 10.1.0.2'],
      ['a says printf hello | nc -u -w 1 -p 4000 10.96.0.10 53', 'b: hello from 10.1.0.2'],
      ['r says conntrack -D -p udp --orig-port-src 4000 2>&1 >/dev/null', 'conntrack v1.4.7 (conntrack-tools): 1 flow entries have been deleted.'],
      ['a says printf hello | nc -u -w 1 -p 4000 10.96.0.10 53', ''],
    ],
  },
];
