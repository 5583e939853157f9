# Without -n the pod has the machine's network.
# caught by: shared
set -e
ssh node-0 'bash -s' <<'EOF'
unshare -Cuimpf chroot /root/tung/pause-merged /bin/sh -c 'mount -t proc proc /proc; exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
PAUSE_PID=$(pgrep -P $!)
nsenter -t $PAUSE_PID -a chroot /root/tung/a0-merged /bin/sh -c 'exec nc -lk -p 8080 -e /bin/sh' >/dev/null 2>&1 &
nsenter -t $PAUSE_PID -a chroot /root/tung/a1-merged /bin/sh -c 'exec sleep 100000' >/dev/null 2>&1 &
sleep 0.3
EOF
