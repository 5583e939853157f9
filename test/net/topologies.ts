/**
 * Small networks and what they do, written as a learner would type them. Two arms run these rows: our kernel
 * (`topologies.test.ts`) and the machine's own (`topologies.real.test.ts`), so that neither can be wrong alone.
 *
 * A script's line is `ns a b …`, `veth a:eth0 b:eth0`, `serve a 80`, `serveudp a 53`, or `a: command`.
 * A probe is `a ping …`, `a tcp …` or `a udp …`.
 */
export interface Topology {
  readonly title: string;
  readonly script: string;
  /** What is asked, and what must come of it. */
  readonly probes: readonly (readonly [probe: string, outcome: string])[];
}

const WIRE = `
  ns a b
  veth a:eth0 b:eth0
  a: ip link set eth0 up
  b: ip link set eth0 up
  a: ip addr add 10.0.0.1/24 dev eth0
  b: ip addr add 10.0.0.2/24 dev eth0`;

/** a (10.1.0.2) – r – b (10.2.0.2), with default routes through r, which forwards. */
const ROUTED = `
  ns a r b
  veth a:eth0 r:left
  veth r:right b:eth0
  a: ip link set eth0 up
  r: ip link set left up
  r: ip link set right up
  b: ip link set eth0 up
  a: ip addr add 10.1.0.2/24 dev eth0
  r: ip addr add 10.1.0.1/24 dev left
  r: ip addr add 10.2.0.1/24 dev right
  b: ip addr add 10.2.0.2/24 dev eth0
  a: ip route add default via 10.1.0.1
  b: ip route add default via 10.2.0.1
  r: sysctl -w net.ipv4.ip_forward=1`;

/** Two pods on the bridge of a node that is their gateway. */
const BRIDGED = `
  ns node p q
  node: ip link add cni0 type bridge
  veth p:eth0 node:veth1
  veth q:eth0 node:veth2
  node: ip link set veth1 master cni0
  node: ip link set veth2 master cni0
  node: ip link set cni0 up
  node: ip link set veth1 up
  node: ip link set veth2 up
  node: ip addr add 10.244.0.1/24 dev cni0
  p: ip link set eth0 up
  q: ip link set eth0 up
  p: ip addr add 10.244.0.2/24 dev eth0
  q: ip addr add 10.244.0.3/24 dev eth0
  p: ip route add default via 10.244.0.1
  q: ip route add default via 10.244.0.1
  node: sysctl -w net.ipv4.ip_forward=1
  node: sysctl -w net.bridge.bridge-nf-call-iptables=0`;

/** Pods as Calico wires them: /32 addresses, a gateway that is nobody, proxy ARP on the host's end. */
const CALICO = `
  ns node p q lan
  veth node:out0 lan:port
  veth p:eth0 node:cali1
  veth q:eth0 node:cali2
  node: ip link set cali1 up
  node: ip link set cali2 up
  p: ip link set eth0 up
  q: ip link set eth0 up
  p: ip addr add 192.168.1.2/32 dev eth0
  q: ip addr add 192.168.1.3/32 dev eth0
  p: ip route add 169.254.1.1 dev eth0 scope link
  p: ip route add default via 169.254.1.1 dev eth0
  q: ip route add 169.254.1.1 dev eth0 scope link
  q: ip route add default via 169.254.1.1 dev eth0
  node: ip link set out0 up
  node: ip addr add 172.18.0.2/16 dev out0
  node: ip route add default via 172.18.0.1
  node: ip route add 192.168.1.2 dev cali1 scope link
  node: ip route add 192.168.1.3 dev cali2 scope link
  node: sysctl -w net.ipv4.ip_forward=1
  node: sysctl -w net.ipv4.neigh.cali1.proxy_delay=0
  node: sysctl -w net.ipv4.neigh.cali2.proxy_delay=0`;

const CALICO_ARP = `
  node: sysctl -w net.ipv4.conf.cali1.proxy_arp=1
  node: sysctl -w net.ipv4.conf.cali2.proxy_arp=1`;

/** Two nodes with a VXLAN device each, tables written by hand as flanneld writes them. */
const VXLAN = `${WIRE}
  a: ip link add flannel.1 address 02:00:00:00:00:0a type vxlan id 1 local 10.0.0.1 dev eth0 dstport 8472 nolearning
  b: ip link add flannel.1 address 02:00:00:00:00:0b type vxlan id 1 local 10.0.0.2 dev eth0 dstport 8472 nolearning
  a: ip addr add 10.244.0.0/32 dev flannel.1
  b: ip addr add 10.244.1.0/32 dev flannel.1
  a: ip link set flannel.1 up
  b: ip link set flannel.1 up
  a: ip route add 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
  b: ip route add 10.244.0.0/24 via 10.244.0.0 dev flannel.1 onlink
  a: ip neigh add 10.244.1.0 lladdr 02:00:00:00:00:0b dev flannel.1 nud permanent
  b: ip neigh add 10.244.0.0 lladdr 02:00:00:00:00:0a dev flannel.1 nud permanent`;

export const topologies: readonly Topology[] = [
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
    title: 'two pods and their node on a bridge',
    script: `${BRIDGED}\n  serve q 80`,
    probes: [
      ['p ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
      ['node ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p tcp 10.244.0.3 80', 'q: hello from 10.244.0.2'],
    ],
  },
  {
    title: 'a port taken out of the bridge',
    script: `${BRIDGED}\n  node: ip link set veth2 nomaster`,
    probes: [
      ['p ping 10.244.0.3', 'host-unreachable from 10.244.0.2'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
    ],
  },
  {
    title: 'a Service on the node of both pods, without br_netfilter: the answer takes the short way and is not known',
    script: `${BRIDGED}
  serve q 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080`,
    probes: [['p tcp 10.96.0.10 80', 'timeout']],
  },
  {
    title: 'the same Service with br_netfilter: the bridge shows the answer to conntrack',
    script: `${BRIDGED}
  serve q 8080
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080
  node: iptables -A FORWARD -i cni0 -o cni0 -p tcp --dport 8081 -j REJECT --reject-with tcp-reset`,
    probes: [
      ['p tcp 10.96.0.10 80', 'q: hello from 10.244.0.2'],
      ['p tcp 10.244.0.3 8080', 'q: hello from 10.244.0.2'],
      ['p tcp 10.244.0.3 8081', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'the same Service, masqueraded: the answer must come back through the node',
    script: `${BRIDGED}
  serve q 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080
  node: iptables -t nat -A POSTROUTING -s 10.244.0.0/24 -d 10.244.0.3/32 -j MASQUERADE`,
    probes: [['p tcp 10.96.0.10 80', 'q: hello from 10.244.0.1']],
  },
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
    title: 'nobody may pretend to be one of our own addresses, or localhost',
    script: `${WIRE}
  a: ip addr add 10.0.0.2/32 dev lo
  serve b 80`,
    probes: [
      ['a tcp 10.0.0.2 80', 'ECONNREFUSED'],
      ['b ping 127.0.0.1', 'reply from 127.0.0.1 ttl 64'],
    ],
  },
  {
    title: 'the same pods when nobody speaks for the gateway',
    script: CALICO,
    probes: [['p ping 192.168.1.3', 'host-unreachable from 192.168.1.2']],
  },
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
];
