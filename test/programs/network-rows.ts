/** What is typed into the network tools, in order, on a machine with eth0 (10.0.0.1/24) beside another one (10.0.0.2). */
const TABLE: Readonly<Record<string, string>> = {
  bridge: `
bridge link | bridge link show dev eth0 | bridge fdb show dev nodev | bridge link show dev nodev | bridge foo | bridge link foo | bridge fdb foo | bridge fdb add | bridge fdb del
ip link add br0 type bridge | ip link set br0 up | ip link add v0 type veth peer name v1 | ip link set v0 master br0 | bridge fdb add 02:00:00:00:00:99 dev v0 master static | bridge fdb del 02:00:00:00:00:99 dev v0 master
bridge fdb del 02:00:00:00:00:99 dev v0 master | bridge fdb add zz dev v0 | bridge fdb add 02:00:00:00:00:99 dev nodev | bridge link show master br0`,
  brctl: `
brctl | brctl foo | brctl addbr | brctl addbr br1 | brctl addbr br1 | brctl show br1 | brctl addif br1 | brctl addif br1 nodev | brctl addif nodev eth0 | ip link add w0 type veth peer name w1 | brctl addif br1 w0 | brctl addif br1 w0 | brctl show nodev | brctl showmacs nodev
brctl delif br1 v0 | brctl delif br1 w0 | brctl stp br1 on | brctl stp br1 maybe | brctl setageing br1 100 | ip link set br1 up | brctl delbr br1 | ip link set br1 down | brctl delbr br1 | brctl delbr br1 | brctl delbr eth0`,
  arp: `
arp -n 10.0.0.77 | arp -i nodev -n | arp -d 10.0.0.77 | arp -s 10.0.0.9 02:00:00:00:00:09 | arp -n | arp -a -n | arp -n 10.0.0.9 | arp -d 10.0.0.9 | arp -s 10.0.0.9 | arp -s 10.0.0.9 zz | arp -s 10.9.9.9 02:00:00:00:00:09 | arp -Q | arp -e -n`,
  route: `
route -n | route add default gw 10.0.0.2 | route -n | route add default gw 10.0.0.2 | route add -net 10.5.0.0/16 gw 10.0.0.2 | route add -net 10.6.0.0 netmask 255.255.0.0 gw 10.0.0.2 metric 5 | route add -host 10.7.0.1 gw 10.0.0.2 | route -n | route del -net 10.5.0.0/16 | route del -net 10.5.0.0/16 | route add -net 10.5.0.1/16 gw 10.0.0.2
route add -net 10.5.0.0/16 gw 10.99.0.1 | route add -net 10.5.0.0/16 dev nodev | route add -net 10.5.0.0/16 reject | route del default | route del default | route foo | route -Z | route add | route del -host 10.7.0.1 | route del -net 10.6.0.0/16 | route del -net 10.5.0.0/16 reject`,
  ifconfig: `
ifconfig nodev | ifconfig eth0 mtu 1400 | ifconfig eth0 mtu abc | ifconfig eth0 down | ifconfig eth0 up | ifconfig eth0 10.0.0.1 netmask 255.255.255.0 | ifconfig eth0 mtu 1500 | ifconfig -Z | ifconfig nodev up | ifconfig eth0 foo | ifconfig -s lo | ifconfig eth0 300.1.1.1`,
  netstat: `
netstat -rn | netstat -tln | netstat -uln | netstat -an -t | netstat -tlnp | netstat -r --foo`,
  ss: `
ss -tln | ss -uln | ss -tan | ss -H -tln | ss -tan state listening | ss -tan state foo | ss --foo | ss -tlnp | ss -4 -tln | ss -h | ss -V`,
  ipset: `
ipset list | ipset create s hash:ip | ipset create s hash:ip | ipset create s hash:ip -exist | ipset add s 10.1.1.1 | ipset add s 10.1.1.1 | ipset add s 10.1.1.1 -exist | ipset add s 10.1.1.0/30 | ipset add s foo | ipset test s 10.1.1.1 | ipset test s 10.1.1.9 | ipset del s 10.1.1.9 | ipset del s 10.1.1.1 | ipset list s | ipset list nosuch | ipset list -n | ipset save
ipset create n hash:net | ipset add n 10.2.0.0/16 | ipset test n 10.2.3.4 | ipset create p hash:ip,port | ipset add p 10.1.1.1,tcp:80 | ipset add p 10.1.1.1,80 | ipset add p 10.1.1.1 | ipset create b bitmap:port range 0-1000 | ipset add b 80 | ipset add b 2000 | ipset create q hash:foo | ipset create | ipset add | ipset foo | ipset | ipset swap s nosuch
ipset create t hash:ip | ipset swap s t | ipset rename t u | ipset flush u | ipset destroy u | ipset destroy u | iptables -A INPUT -m set --match-set s src -j ACCEPT | ipset destroy s | iptables -F INPUT | ipset destroy s | ipset save | ipset destroy | ipset list | ipset create l list:set | ipset add l nosuch | ipset destroy l | ipset version`,
  conntrack: `
conntrack -L | conntrack -C | conntrack -D -p tcp | conntrack -D -s 10.9.9.9 | conntrack -F | conntrack | conntrack -Z | conntrack -L -p foo | conntrack -D | conntrack -L -s foo`,
  sysctl: `
sysctl net.ipv4.ip_forward | sysctl -w net.ipv4.ip_forward=1 | sysctl -n net.ipv4.ip_forward | sysctl net.ipv4.foo | sysctl -w net.ipv4.foo=1 | sysctl net.ipv4.ip_forward=0 | sysctl -q -w net.ipv4.ip_forward=1 | sysctl net/ipv4/ip_forward | sysctl -e net.ipv4.foo | sysctl | sysctl -w net.ipv4.conf.eth0.rp_filter=2 | sysctl net.ipv4.conf.eth0.rp_filter | sysctl -w net.ipv4.conf.nodev.rp_filter=1
sysctl -w net.ipv4.ip_forward | sysctl -Z | sysctl -p /nonexist | sysctl -n net.ipv4.conf.all.forwarding | sysctl -w net.ipv4.ip_forward=abc | sysctl -N net.ipv4.ip_forward | sysctl -b net.ipv4.ip_forward`,
  ping: `
ping -c 1 -q 10.99.0.1 | ping | ping -c 0 10.0.0.2 | ping -c x 10.0.0.2 | ping -Z 10.0.0.2 | ping -t 300 10.0.0.2 | ping -I nodev -c 1 10.0.0.2 | ping -I 10.0.0.99 -c 1 10.0.0.2 | ping -M foo 10.0.0.2 | ping -c 1 nosuch.invalid | ping -V`,
  ethtool: `
ethtool | ethtool -i eth0 | ethtool -i nodev | ethtool eth0 | ethtool lo | ethtool -S eth0 | ethtool -S lo | ethtool -S nodev | ethtool -Z eth0 | ethtool -a eth0 | ethtool -g eth0 | ethtool -P lo | ethtool -k nodev | ethtool --version`,
  iproute: `
ip tunnel show | ip tunnel add | ip tunnel del nodev | ip netns add alpha-x | ip netns add alpha-x | ip netns exec nosuch true | ip netns del alpha-x | ip netns del alpha-x | ip netns foo | ip netns add a/b | ip netns identify foo
ip -br link show dev lo | ip -j link show dev lo | ip -j -4 addr show dev lo | ip -4 -o addr show dev lo | ip -br -4 addr | ip -4 -o addr show | ip link add | ip link add d0 type bridge | ip -d link show d0 | ip link add d0 type bridge | ip link set d0 mtu 9000 | ip link set d0 mtu 99999999 | ip link set d0 address 02:00:00:00:00:01 | ip link set d0 address zz | ip link set d0 name d1 | ip link set d1 up | ip link set d1 name d2 | ip -br link show d2 | ip link del d2 | ip link del d2
ip link add vx0 type vxlan id 100 remote 10.0.0.2 dstport 4789 dev eth0 | ip -d link show vx0 | ip link add vx1 type vxlan id 100 remote 10.0.0.2 dstport 4789 dev eth0 | ip link del vx0 | ip link add vx0 type vxlan | ip link add vx0 type vxlan id 99999999 | ip link add x type foo | ip link set nodev up | ip link set eth0 netns nosuch | ip link set lo down | ip link set lo up | ip link show type foo | ip link show master nodev | ip link foo | ip foo | ip | ip -Z
ip addr add 10.0.0.1/24 dev eth0 | ip addr add 10.0.3.1/33 dev eth0 | ip addr add foo dev eth0 | ip addr add 10.0.3.1/24 | ip addr add 10.0.3.1/24 dev nodev | ip addr del 10.0.3.1/24 dev eth0 | ip addr add 10.0.3.1/24 brd + dev eth0 | ip -4 addr show dev eth0 | ip addr flush dev eth0 to 10.0.3.0/24 | ip addr foo | ip addr show nodev | ip -4 addr show scope host | ip addr show to 10.0.0.0/8 dev eth0
ip route | ip route get 10.0.0.2 | ip route get 10.99.0.1 | ip route add 10.9.0.0/16 via 10.0.0.2 | ip route add 10.9.0.0/16 via 10.0.0.2 | ip route replace 10.9.0.0/16 via 10.0.0.2 metric 10 | ip route show 10.9.0.0/16 | ip route del 10.9.0.0/16 | ip route del 10.9.0.0/16 | ip route del 10.9.0.0/16 | ip route add 10.9.0.1/16 via 10.0.0.2 | ip route add blackhole 10.8.0.0/16 | ip route get 10.8.0.1 | ip route add unreachable 10.7.0.0/16 | ip route get 10.7.0.1 | ip route add prohibit 10.6.0.0/16 | ip route get 10.6.0.1 | ip route show type blackhole | ip route show table 100 | ip route add 10.9.0.0/16 table 100 via 10.0.0.2 | ip route show table 100 | ip route flush table 100 | ip route show table foo | ip route add 10.9.0.0/16 via 10.99.0.1 | ip route add 10.9.0.0/16 dev nodev | ip route add | ip route foo | ip route add default via 10.0.0.2 onlink dev eth0 | ip route show default | ip route flush 10.8.0.0/16 | ip route show match 10.8.0.1 | ip route show root 10.0.0.0/8 | ip route del default | ip -j route show 10.0.0.0/24
ip rule | ip rule add from 10.5.0.0/16 table 100 | ip rule add fwmark 0x1 table 100 priority 50 | ip rule | ip rule del fwmark 0x1 | ip rule del fwmark 0x1 | ip rule add | ip rule add foo | ip rule del table 100 | ip rule add to 10.5.0.0/16 lookup main pref 10 | ip rule del pref 10 | ip rule
ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:50 dev eth0 | ip neigh show 10.0.0.50 | ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:50 dev eth0 | ip neigh replace 10.0.0.50 lladdr 02:00:00:00:00:51 dev eth0 nud permanent | ip neigh show nud permanent | ip neigh del 10.0.0.50 dev eth0 | ip neigh del 10.0.0.50 dev eth0 | ip neigh add 10.0.0.50 lladdr zz dev eth0 | ip neigh add 10.0.0.50 dev nodev | ip neigh add | ip neigh foo | ip neigh flush dev nodev | ip neigh show dev nodev | ip neigh get 10.0.0.77 dev eth0`,
  nc: `
nc -z -w 1 10.0.0.1 81 | nc -zv -w 1 10.0.0.1 81 | nc | nc -Q | nc 10.0.0.1 | nc 10.0.0.1 99999 | nc -l | nc -w x 10.0.0.1 80 | nc -zv -w 1 10.0.0.1 79-81 | nc -zuv -w 1 10.0.0.1 81 | nc -l -p`,
  lookup: `
dig -Z | dig +foo @10.0.0.2 x | dig -t foo x @10.0.0.2 +tries=1 +time=1 | dig @nosuch.invalid x | host | host -Z`,
  transfers: `
curl http:// | curl -o | curl --max-time | curl -H | curl http://10.0.0.1:81/ -sS | curl -sS --connect-timeout 1 http://nosuch.invalid/ | curl -sS ftp | wget | wget -Z | wget -q http://10.0.0.1:81/ -t 1 | wget -T x http://10.0.0.1/ | wget -nv -t 1 http://10.0.0.1:81/`,
  modules: `
lsmod foo | modprobe nosuchmodule | modprobe -r nosuchmodule | modprobe | unshare -n ip -br link`,
};

/** Every command line, tool by tool. */
export const NETWORK_ROWS: readonly (readonly [tool: string, command: string])[] = Object.entries(TABLE).flatMap(([tool, text]) => text.split(/[|\n]/).map((command) => command.trim()).filter((command) => command !== '').map((command) => [tool, command] as const));
