# Other names, made where they belong from the beginning.
set -e
ssh node-0 'bash -s' <<'EOF'
unshare -Cunimpf chroot /root/tung/a0-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
A0_PID=$(pgrep -P $!)
unshare -Cunimpf chroot /root/tung/a1-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
A1_PID=$(pgrep -P $!)
ip link add one type veth peer name two
ip link set one netns $A0_PID
ip link set two netns $A1_PID
nsenter -t $A0_PID -n sh -c 'ip link set one name eth0; ip addr add 10.200.0.2/24 dev eth0; ip link set eth0 up'
nsenter -t $A1_PID -n sh -c 'ip link set two name eth0; ip addr add 10.200.0.3/24 dev eth0; ip link set eth0 up'
nsenter -t $A0_PID -n nc -lk -p 8080 >/dev/null 2>&1 &
sleep 0.2
EOF
