# The server listens somewhere else.
# caught by: localhost
set -e
ssh node-0 'bash -s' <<'EOF'
unshare -Cunimpf chroot /root/tung/pause-merged /bin/sh -c 'mount -t proc proc /proc; ip link set lo up; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
PAUSE_PID=$(pgrep -P $!)
nsenter -t $PAUSE_PID -a chroot /root/tung/a0-merged /bin/sh -c 'exec nc -lk -p 8081 -e /bin/sh' >/dev/null 2>&1 &
nsenter -t $PAUSE_PID -a chroot /root/tung/a1-merged /bin/sh -c 'exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
EOF
