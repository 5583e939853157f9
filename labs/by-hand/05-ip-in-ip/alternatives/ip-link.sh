# The same device, made with ip link; without an address of its own.
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
modprobe ipip
ip link add ipip0 type ipip remote 192.168.64.5 local 192.168.64.4
ip link set ipip0 up
ip route add 10.200.1.0/24 dev ipip0
sysctl -qw net.ipv4.ip_forward=1
nsenter -t $A0_PID -n nc -lk -p 8080 >/dev/null 2>&1 &
sleep 0.2
EOF
ssh node-1 'bash -s' <<'EOF'
unshare -Cunimpf chroot /root/tung/a1-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
A1_PID=$(pgrep -P $!)
ip link add br1 type bridge
ip addr add 10.200.1.1/24 dev br1
ip link set br1 up
ip link add veth-a1 type veth peer name veth-a1-c
ip link set veth-a1 master br1
ip link set veth-a1 up
ip link set veth-a1-c netns $A1_PID
nsenter -t $A1_PID -n ip addr add 10.200.1.2/24 dev veth-a1-c
nsenter -t $A1_PID -n ip link set veth-a1-c up
nsenter -t $A1_PID -n ip route add default via 10.200.1.1
modprobe ipip
ip link add ipip0 type ipip remote 192.168.64.4 local 192.168.64.5
ip link set ipip0 up
ip route add 10.200.0.0/24 dev ipip0
sysctl -qw net.ipv4.ip_forward=1
EOF
