/** What most topologies begin with: a wire, a router, a bridge, Calico's way, VXLAN. */

/** Two hosts on one wire: a (10.0.0.1) and b (10.0.0.2). */
export const WIRE = `
  ns a b
  veth a:eth0 b:eth0
  a: ip link set eth0 up
  b: ip link set eth0 up
  a: ip addr add 10.0.0.1/24 dev eth0
  b: ip addr add 10.0.0.2/24 dev eth0`;

/** a (10.1.0.2) – r – b (10.2.0.2), with default routes through r, which forwards. */
export const ROUTED = `
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
export const BRIDGED = `
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
export const CALICO = `
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


/** Whoever asks a host's end for the gateway is answered by it. */
export const CALICO_ARP = `
  node: sysctl -w net.ipv4.conf.cali1.proxy_arp=1
  node: sysctl -w net.ipv4.conf.cali2.proxy_arp=1`;

/** Two nodes with a VXLAN device each, tables written by hand as flanneld writes them. */
export const VXLAN = `${WIRE}
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
