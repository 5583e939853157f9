# The root file systems of the pods: one Alpine Linux below, a layer of its own for each. May run twice.
set -e
mkdir -p /root/tung/lower
cd /root/tung
[ -e lower/bin/sh ] || {
  wget -q https://dl-cdn.alpinelinux.org/alpine/v3.20/releases/x86_64/alpine-minirootfs-3.20.3-x86_64.tar.gz
  tar -xzf alpine-minirootfs-3.20.3-x86_64.tar.gz -C lower
}
for pod in a1; do
  mkdir -p $pod-upper $pod-work $pod-merged
  mountpoint -q $pod-merged || mount -t overlay overlay -o lowerdir=/root/tung/lower,upperdir=/root/tung/$pod-upper,workdir=/root/tung/$pod-work /root/tung/$pod-merged
done
# For those who look on: "in-pod 10.200.0.2 ping 10.200.0.3" runs a command in the namespace that has the address.
cat > /usr/local/bin/in-pod <<'EOF'
#!/bin/sh
own=$(readlink /proc/1/ns/net)
for process in /proc/[0-9]*; do
  [ "$(readlink $process/ns/net)" = "$own" ] && continue
  pid=${process#/proc/}
  if nsenter -t $pid -n ip -4 -o addr show | grep -q " $1/"; then
    shift
    exec nsenter -t $pid -n "$@"
  fi
done
echo "nobody on $(hostname) has the address $1 in a network namespace of its own"
exit 3
EOF
chmod +x /usr/local/bin/in-pod
