# The first rule takes everything.
# caught by: from-elsewhere, chains
set -e
ssh node-0 'bash -s' <<'EOF'
unshare -Cunimpf chroot /root/tung/a0-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
A0_PID=$(pgrep -P $!)
ip link add br0 type bridge
ip addr add 10.200.0.1/24 dev br0
ip link set br0 up
ip link add veth-a0 type veth peer name veth-a0-c
ip link set veth-a0 master br0
ip link set veth-a0 up
ip link set veth-a0-c netns $A0_PID
nsenter -t $A0_PID -n ip addr add 10.200.0.2/24 dev veth-a0-c
nsenter -t $A0_PID -n ip link set veth-a0-c up
nsenter -t $A0_PID -n ip route add default via 10.200.0.1
unshare -Cunimpf chroot /root/tung/a1-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
A1_PID=$(pgrep -P $!)
ip link add veth-a1 type veth peer name veth-a1-c
ip link set veth-a1 master br0
ip link set veth-a1 up
ip link set veth-a1-c netns $A1_PID
nsenter -t $A1_PID -n ip addr add 10.200.0.3/24 dev veth-a1-c
nsenter -t $A1_PID -n ip link set veth-a1-c up
nsenter -t $A1_PID -n ip route add default via 10.200.0.1
ip route add 10.200.1.0/24 via 192.168.64.5
ip route add 10.200.2.0/24 via 192.168.64.6
sysctl -qw net.ipv4.ip_forward=1
iptables -t nat -N KUBE-SVC-1
iptables -t nat -A PREROUTING -d 10.96.0.2/32 -p tcp --dport 8080 -j KUBE-SVC-1
iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -j DNAT --to-destination 10.200.0.2:8080
iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -j DNAT --to-destination 10.200.1.2:8080
nsenter -t $A0_PID -n nc -lk -p 8080 >/dev/null 2>&1 &
sleep 0.2
EOF
ssh node-1 'bash -s' <<'EOF'
unshare -Cunimpf chroot /root/tung/b-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
B_PID=$(pgrep -P $!)
ip link add br1 type bridge
ip addr add 10.200.1.1/24 dev br1
ip link set br1 up
ip link add veth-b type veth peer name veth-b-c
ip link set veth-b master br1
ip link set veth-b up
ip link set veth-b-c netns $B_PID
nsenter -t $B_PID -n ip addr add 10.200.1.2/24 dev veth-b-c
nsenter -t $B_PID -n ip link set veth-b-c up
nsenter -t $B_PID -n ip route add default via 10.200.1.1
ip route add 10.200.0.0/24 via 192.168.64.4
ip route add 10.200.2.0/24 via 192.168.64.6
sysctl -qw net.ipv4.ip_forward=1
iptables -t nat -N KUBE-SVC-1
iptables -t nat -A PREROUTING -d 10.96.0.2/32 -p tcp --dport 8080 -j KUBE-SVC-1
iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -j DNAT --to-destination 10.200.0.2:8080
iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -j DNAT --to-destination 10.200.1.2:8080
nsenter -t $B_PID -n nc -lk -p 8080 >/dev/null 2>&1 &
sleep 0.2
EOF
ssh node-2 'bash -s' <<'EOF'
unshare -Cunimpf chroot /root/tung/c-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
C_PID=$(pgrep -P $!)
ip link add br2 type bridge
ip addr add 10.200.2.1/24 dev br2
ip link set br2 up
ip link add veth-c type veth peer name veth-c-c
ip link set veth-c master br2
ip link set veth-c up
ip link set veth-c-c netns $C_PID
nsenter -t $C_PID -n ip addr add 10.200.2.2/24 dev veth-c-c
nsenter -t $C_PID -n ip link set veth-c-c up
nsenter -t $C_PID -n ip route add default via 10.200.2.1
ip route add 10.200.0.0/24 via 192.168.64.4
ip route add 10.200.1.0/24 via 192.168.64.5
sysctl -qw net.ipv4.ip_forward=1
iptables -t nat -N KUBE-SVC-1
iptables -t nat -A PREROUTING -d 10.96.0.2/32 -p tcp --dport 8080 -j KUBE-SVC-1
iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -j DNAT --to-destination 10.200.0.2:8080
iptables -t nat -A KUBE-SVC-1 -p tcp --dport 8080 -j DNAT --to-destination 10.200.1.2:8080
EOF
