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
  {
    title: 'every way to refuse, at the receiver',
    script: `${WIRE}
  serveudp b 61
  b: iptables -A INPUT -p udp --dport 61 -j REJECT --reject-with icmp-net-unreachable
  b: iptables -A INPUT -p udp --dport 62 -j REJECT --reject-with icmp-host-unreachable
  b: iptables -A INPUT -p udp --dport 63 -j REJECT --reject-with icmp-port-unreachable
  b: iptables -A INPUT -p udp --dport 64 -j REJECT --reject-with icmp-proto-unreachable
  b: iptables -A INPUT -p udp --dport 65 -j REJECT --reject-with icmp-net-prohibited
  b: iptables -A INPUT -p udp --dport 66 -j REJECT --reject-with icmp-host-prohibited
  b: iptables -A INPUT -p udp --dport 67 -j REJECT --reject-with icmp-admin-prohibited
  b: iptables -A INPUT -p tcp --dport 61 -j REJECT --reject-with icmp-net-unreachable
  b: iptables -A INPUT -p tcp --dport 62 -j REJECT --reject-with icmp-host-unreachable
  b: iptables -A INPUT -p tcp --dport 64 -j REJECT --reject-with icmp-proto-unreachable
  b: iptables -A INPUT -p tcp --dport 65 -j REJECT --reject-with icmp-net-prohibited
  b: iptables -A INPUT -p tcp --dport 66 -j REJECT --reject-with icmp-host-prohibited`,
    probes: [
      ['a udp 10.0.0.2 61', 'timeout'],
      ['a udp 10.0.0.2 62', 'timeout'],
      ['a udp 10.0.0.2 63', 'ECONNREFUSED'],
      ['a udp 10.0.0.2 64', 'ENOPROTOOPT'],
      ['a udp 10.0.0.2 65', 'ENETUNREACH'],
      ['a udp 10.0.0.2 66', 'EHOSTUNREACH'],
      ['a udp 10.0.0.2 67', 'EHOSTUNREACH'],
      ['a tcp 10.0.0.2 61', 'ENETUNREACH'],
      ['a tcp 10.0.0.2 62', 'EHOSTUNREACH'],
      ['a tcp 10.0.0.2 64', 'ENOPROTOOPT'],
      ['a tcp 10.0.0.2 65', 'ENETUNREACH'],
      ['a tcp 10.0.0.2 66', 'EHOSTUNREACH'],
    ],
  },
  {
    title: 'lists of ports, and ranges',
    script: `${WIRE}
  serve b 80
  serve b 81
  serve b 8085
  serve b 8090
  b: iptables -A INPUT -p tcp -m multiport --dports 80,8080:8089 -j ACCEPT
  b: iptables -A INPUT -p tcp -m multiport ! --dports 8090,9000 -j REJECT --reject-with tcp-reset
  b: iptables -A INPUT -p tcp --dport 8000:8100 -j REJECT --reject-with icmp-host-prohibited`,
    probes: [
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
      ['a tcp 10.0.0.2 81', 'ECONNREFUSED'],
      ['a tcp 10.0.0.2 8085', 'b: hello from 10.0.0.1'],
      ['a tcp 10.0.0.2 8090', 'EHOSTUNREACH'],
    ],
  },
  {
    title: 'kinds of ICMP',
    script: `${ROUTED}
  r: iptables -A FORWARD -p icmp --icmp-type echo-request -s 10.2.0.0/24 -j DROP
  a: iptables -A INPUT -p icmp --icmp-type destination-unreachable -j DROP
  b: iptables -A OUTPUT -p icmp -m icmp --icmp-type 3/3 -j DROP`,
    probes: [
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['b ping 10.1.0.2', 'timeout'],
      ['a ping 10.2.0.9', 'timeout'],
      ['a udp 10.2.0.2 54', 'timeout'],
    ],
  },
  {
    title: 'flags of TCP',
    script: `${WIRE}
  serve b 80
  serve a 80
  b: iptables -A INPUT -p tcp --tcp-flags SYN,ACK,FIN,RST SYN -j DROP`,
    probes: [
      ['a tcp 10.0.0.2 80', 'timeout'],
      ['b tcp 10.0.0.1 80', 'a: hello from 10.0.0.2'],
    ],
  },
  {
    title: 'an answer that is dropped leaves both ends waiting',
    script: `${WIRE}
  serve b 80
  b: iptables -A OUTPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j DROP`,
    probes: [['a tcp 10.0.0.2 80', 'timeout']],
  },
  {
    title: 'devices by name, by pattern and by their opposite',
    script: `${ROUTED}
  serve b 80
  serve r 80
  r: iptables -A FORWARD -i le+ -o rig+ -p tcp --dport 80 -j REJECT --reject-with icmp-host-prohibited
  r: iptables -A INPUT ! -i left -p tcp --dport 80 -j REJECT --reject-with tcp-reset`,
    probes: [
      ['a tcp 10.2.0.2 80', 'EHOSTUNREACH'],
      ['a tcp 10.2.0.1 80', 'r: hello from 10.1.0.2'],
      ['b tcp 10.2.0.1 80', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'addresses of this host, of the network and of nobody',
    script: `${ROUTED}
  r: ip addr add 10.50.0.1/32 dev lo
  r: iptables -A INPUT -m addrtype --dst-type LOCAL -p icmp -s 10.1.0.2 -d 10.50.0.1 -j DROP
  r: iptables -A FORWARD -m addrtype --dst-type LOCAL -j DROP
  r: iptables -A FORWARD -m addrtype ! --dst-type UNICAST -j DROP
  r: iptables -A INPUT -m addrtype --src-type LOCAL -p icmp -j DROP`,
    probes: [
      ['a ping 10.50.0.1', 'timeout'],
      ['b ping 10.50.0.1', 'reply from 10.50.0.1 ttl 64'],
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
      ['r ping 10.50.0.1', 'timeout'],
    ],
  },
  {
    title: 'a set of addresses, and one of addresses with ports',
    script: `${ROUTED}
  serve b 80
  serve b 81
  serveudp b 80
  r: ipset create banned hash:net
  r: ipset add banned 10.1.0.0/25
  r: ipset add banned 10.1.0.3 nomatch
  r: ipset create web hash:ip,port
  r: ipset add web 10.2.0.2,tcp:80
  a: ip addr add 10.1.0.3/24 dev eth0
  r: iptables -A FORWARD -m set --match-set web dst,dst -j ACCEPT
  r: iptables -A FORWARD -m set --match-set banned src -j REJECT --reject-with icmp-host-prohibited`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.1.0.2'],
      ['a tcp 10.2.0.2 81', 'EHOSTUNREACH'],
      ['a udp 10.2.0.2 80', 'EHOSTUNREACH'],
      ['a says ip route add 10.2.0.0/24 via 10.1.0.1 src 10.1.0.3', ''],
      ['a says nc -z -w 3 10.2.0.2 81 && echo open', 'open'],
    ],
  },
  {
    title: 'a set of networks, each with a port',
    script: `${ROUTED}
  serve b 80
  serve b 81
  r: ipset create peers hash:ip,port,net
  r: ipset add peers 10.2.0.2,tcp:80,10.1.0.0/24
  r: ipset create ports bitmap:port range 0-65535
  r: ipset add ports 81
  r: iptables -A FORWARD -m set --match-set peers dst,dst,src -j REJECT --reject-with icmp-host-prohibited
  r: iptables -A FORWARD -p tcp -m set --match-set ports dst -j REJECT --reject-with tcp-reset`,
    probes: [
      ['a tcp 10.2.0.2 80', 'EHOSTUNREACH'],
      ['a tcp 10.2.0.2 81', 'ECONNREFUSED'],
      ['a tcp 10.2.0.2 82', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'a rule of the set that fills itself',
    script: `${WIRE}
  serve b 80
  serve b 81
  b: ipset create seen hash:ip
  b: iptables -A INPUT -p tcp --dport 81 -m set --match-set seen src -j ACCEPT
  b: iptables -A INPUT -p tcp --dport 81 -j REJECT
  b: iptables -A INPUT -p tcp --dport 80 -j SET --add-set seen src`,
    probes: [
      ['a says nc -z -w 2 10.0.0.2 81 && echo open || echo closed', 'closed'],
      ['a says nc -z -w 2 10.0.0.2 80 && echo open || echo closed', 'open'],
      ['a says nc -z -w 2 10.0.0.2 81 && echo open || echo closed', 'open'],
      ['b says ipset list seen | tail -1', '10.0.0.1'],
    ],
  },
  {
    title: 'who sends: root may not',
    script: `${WIRE}
  serve b 80
  a: iptables -A OUTPUT -p udp -m owner --uid-owner 0 -j DROP
  a: iptables -A OUTPUT -p tcp -m owner ! --uid-owner 0 -j DROP`,
    probes: [
      ['a udp 10.0.0.2 53', 'EPERM'],
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
    ],
  },
  {
    title: 'what is not tracked is neither new nor known',
    script: `${WIRE}
  serve b 80
  serve b 81
  b: iptables -t raw -A PREROUTING -p tcp --dport 80 -j NOTRACK
  b: iptables -t raw -A OUTPUT -p tcp --sport 80 -j NOTRACK
  b: iptables -A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT
  b: iptables -A INPUT -p tcp -m conntrack --ctstate NEW -j REJECT`,
    probes: [
      ['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1'],
      ['a tcp 10.0.0.2 81', 'ECONNREFUSED'],
      ['b says conntrack -L 2>/dev/null | grep -c dport=80', '0'],
    ],
  },
  {
    title: 'what is not tracked is not translated either',
    script: `${WIRE}
  serve b 8080
  serve b 80
  b: iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8081
  b: iptables -t raw -A PREROUTING -p tcp --dport 80 -j NOTRACK`,
    probes: [['a tcp 10.0.0.2 80', 'b: hello from 10.0.0.1']],
  },
  {
    title: 'answers in the middle of nowhere are invalid',
    script: `${ROUTED}
  serve b 80
  r: iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
  a: ip addr add 10.1.0.3/24 dev eth0
  a: ip route add 10.2.0.2/32 via 10.1.0.1 src 10.1.0.3
  b: ip route add 10.1.0.3/32 via 10.2.0.1
  r: iptables -A FORWARD -p icmp -m conntrack --ctstate NEW -d 10.1.0.0/24 -j REJECT --reject-with icmp-admin-prohibited`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.1.0.3'],
      ['b ping 10.1.0.2', 'communication-prohibited from 10.2.0.1'],
      ['a ping 10.2.0.2', 'reply from 10.2.0.2 ttl 63'],
    ],
  },
  {
    title: 'a mark of the connection comes back with its answers',
    script: `${ROUTED}
  serve b 80
  r: iptables -t mangle -A PREROUTING -i left -p tcp -j CONNMARK --set-mark 5
  r: iptables -t mangle -A PREROUTING -i right -j CONNMARK --restore-mark
  r: iptables -A FORWARD -i right -m mark ! --mark 5 -j DROP`,
    probes: [
      ['a tcp 10.2.0.2 80', 'b: hello from 10.1.0.2'],
      ['a ping 10.2.0.2', 'timeout'],
      ['r says conntrack -L -p tcp 2>/dev/null | grep -o "mark=5" | head -1', 'mark=5'],
    ],
  },
  {
    title: 'mangle sees a packet before filter, raw before both',
    script: `${WIRE}
  b: iptables -t raw -A PREROUTING -p udp --dport 1 -j DROP
  b: iptables -t mangle -A PREROUTING -p udp --dport 2 -j DROP
  b: iptables -t mangle -A INPUT -p udp --dport 3 -j DROP
  b: iptables -A INPUT -p udp -j REJECT --reject-with icmp-host-prohibited`,
    probes: [
      ['a udp 10.0.0.2 1', 'timeout'],
      ['a udp 10.0.0.2 2', 'timeout'],
      ['a udp 10.0.0.2 3', 'timeout'],
      ['a udp 10.0.0.2 4', 'EHOSTUNREACH'],
    ],
  },
  {
    title: 'goto does not come back to where it was called from',
    script: `${WIRE}
  b: iptables -N OUTER
  b: iptables -N INNER
  b: iptables -A INPUT -p udp -j OUTER
  b: iptables -A INPUT -p udp -j REJECT --reject-with icmp-host-prohibited
  b: iptables -A OUTER -p udp --dport 1:2 -g INNER
  b: iptables -A OUTER -p udp -j REJECT --reject-with icmp-proto-unreachable
  b: iptables -A INNER -p udp --dport 1 -j DROP`,
    probes: [
      ['a udp 10.0.0.2 1', 'timeout'],
      ['a udp 10.0.0.2 2', 'EHOSTUNREACH'],
      ['a udp 10.0.0.2 3', 'ENOPROTOOPT'],
    ],
  },
  {
    title: 'every second one, counted',
    script: `${WIRE}
  b: iptables -A INPUT -p icmp -m statistic --mode nth --every 2 --packet 1 -j DROP`,
    probes: [['a says for i in 1 2 3 4; do ping -c 1 -W 1 10.0.0.2 >/dev/null && echo yes || echo no; done', 'yes\nno\nyes\nno']],
  },
  {
    title: 'counters say what was met',
    script: `${WIRE}
  serve b 80
  b: iptables -A INPUT -p icmp -s 10.0.0.1
  b: iptables -A INPUT -p udp --dport 53 -j REJECT`,
    probes: [
      ['a ping 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
      ['a ping -s 100 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
      ['a udp 10.0.0.2 53', 'ECONNREFUSED'],
      ['b says iptables -L INPUT -v -n -x | tail -2', '       2      212            1    --  *      *       10.0.0.1             0.0.0.0/0\n       1       33 REJECT     17   --  *      *       0.0.0.0/0            0.0.0.0/0            udp dpt:53 reject-with icmp-port-unreachable'.trim()],
    ],
  },
  {
    title: 'a rule about a protocol that nobody speaks',
    script: `${WIRE}
  b: iptables -A INPUT -p sctp --dport 80 -j DROP
  b: iptables -A INPUT -p 47 -j DROP`,
    probes: [
      ['a ping 10.0.0.2', 'reply from 10.0.0.2 ttl 64'],
      ['b says iptables -S INPUT', '-P INPUT ACCEPT\n-A INPUT -p sctp -m sctp --dport 80 -j DROP\n-A INPUT -p gre -j DROP'],
    ],
  },
  {
    title: 'what conntrack does not take',
    script: `${WIRE}
  a: iptables -A INPUT -m conntrack --ctstate NEW`,
    probes: [
      ['a says conntrack -L -p foo 2>&1 | head -1 | sed "s/^.*): //"', "`foo' unsupported protocol"],
      ['a says conntrack -L --src 2>&1 | head -1 | sed "s/^.*): //"', "option `--src' requires an argument"],
      ['a says conntrack -L --sport 5 2>&1 | head -1 | sed "s/^.*): //"', "unknown option `--sport'"],
      ['a says conntrack -L -D 2>&1 | head -1 | sed "s/^.*): //"', 'Invalid commands combination'],
      ['a says conntrack -L -p tcp --state FOO 2>&1 | head -1 | sed "s/^.*): //"', "unknown TCP state `FOO'"],
      ['a says conntrack -D -p tcp --sport 5 2>/dev/null || echo $?', '1'],
      ['a says conntrack -L -s 1.2.3 2>&1 | sed "s/^.*): //"', '0 flow entries have been shown.'],
    ],
  },
];
