# Three pods instead of one.
# caught by: shared, localhost
set -e
ssh node-0 'bash -s' <<'EOF'
unshare -Cunimpf chroot /root/tung/pause-merged /bin/sh -c 'mount -t proc proc /proc; ip link set lo up; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
PAUSE_PID=$(pgrep -P $!)
unshare -Cunimpf chroot /root/tung/a0-merged /bin/sh -c 'ip link set lo up; exec nc -lk -p 8080 -e /bin/sh' >/dev/null 2>&1 &
unshare -Cunimpf chroot /root/tung/a1-merged /bin/sh -c 'ip link set lo up; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
EOF
