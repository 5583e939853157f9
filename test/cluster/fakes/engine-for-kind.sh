#!/bin/sh
# Stands in for docker where the real kind is tried: believable answers to everything kind 0.27 asks, no container anywhere.
state=$FAKE_STATE
call="$*"
printf 'docker %s\n' "$call" >>"$state/calls"
case "$call" in
  -v) echo 'Docker version 28.2.2, build e6534b4' ;;
  'info --format '*json' .}'*) cat "$state/info" ;;
  'info --format '*SecurityOptions*) echo "'[\"name=seccomp,profile=builtin\",\"name=cgroupns\"]'" ;;
  'info -f {{.Driver}}') echo overlay2 ;;
  'info -f '*) echo '[["Backing Filesystem","extfs"]]' ;;
  'ps -a --no-trunc '*) for file in "$state"/nodes/*; do [ -f "$file" ] && printf 'id-of-%s\t%s\tUp 2 minutes\n' "${file##*/}" "${file##*/}"; done ;;
  'ps -a '*) for file in "$state"/nodes/*; do [ -f "$file" ] && echo "${file##*/}"; done ;;
  'network ls'*) echo 0123456789ab ;;
  'inspect --type=image'*) echo '[]' ;;
  'run --name '*) case "$call" in *role=control-plane*) echo control-plane ;; *) echo worker ;; esac >"$state/nodes/$3"; echo 0123456789abcdef ;;
  'logs -f '*) echo 'Reached target Multi-User System.'; echo 'detected cgroup v1' ;;
  'rm -f '*) for word in "$@"; do rm -f "$state/nodes/$word"; done ;;
  inspect*role*) for node; do :; done; cat "$state/nodes/$node" ;;
  inspect*IPAddress*) echo '172.18.0.2,' ;;
  inspect*desktop.docker.io*) echo ;;
  inspect*HostPort*) printf '127.0.0.1\t39977\n' ;;
  *'cat /kind/version') echo "$FAKE_KUBERNETES" ;;
  *'cat /etc/containerd/config.toml') echo 'version = 2' ;;
  *'cat /kind/manifests/default-storage.yaml') echo '{}' ;;
  *'cat /etc/kubernetes/admin.conf') cat "$state/admin.conf" ;;
  *' -i '*) cat >/dev/null ;;
esac
exit 0
