#!/bin/sh
# kind, docker, podman, nerdctl and kubectl by its name: writes down how it was called, keeps nodes as files, and fails or
# hangs where a test asks for it. Knows no more of them than what the driver uses.
name=${0##*/}
state=$FAKE_STATE
call="$name $*"
# A script among the words would fill the list: its first line tells enough.
case $call in *'
'*) call=${call%%'
'*}~ ;; esac
printf '%s\n' "$call" >>"$state/calls"
if [ -f "$state/fail" ] && printf '%s\n' "$call" | grep -qE -f "$state/fail"; then
  cat "$state/words" >&2
  exit 1
fi
if [ -f "$state/hang" ] && printf '%s\n' "$call" | grep -qE -f "$state/hang"; then
  case "$call" in 'kind create'*) echo begun >"$state/nodes/$4-control-plane" ;; esac
  : >"$state/hanging"
  exec sleep 30
fi
case "$call" in
  'kind version') cat "$state/kind-version" ;;
  'kind create cluster '*)
    workers=$(grep -c 'role: worker' "$6")
    echo " • Preparing nodes 📦 ..." >&2
    echo begun >"$state/nodes/$4-control-plane"
    n=1
    while [ $n -le "$workers" ]; do
      suffix=$n; [ $n = 1 ] && suffix=
      echo begun >"$state/nodes/$4-worker$suffix"
      n=$((n + 1))
    done
    cp "$state/kubeconfig" "$8"
    ;;
  'kind delete cluster '*)
    rm -f "$state/nodes/$4-"*
    # A container that the engine was still making: there when one has looked once.
    [ ! -f "$state/late" ] || mv "$state/late" "$state/coming"
    ;;
  *' version --client '*) echo '{"clientVersion":{"gitVersion":"v1.35.0"}}' ;;
  *' info '*) cat "$state/info" ;;
  *' ps -a '*)
    case "$call" in *kind.cluster=*) prefix=${call#*kind.cluster=}; prefix=${prefix%% *}- ;; *) prefix= ;; esac
    for file in "$state/nodes/$prefix"*; do
      [ -f "$file" ] || continue
      node=${file##*/}
      read -r is <"$file"; status='Up 2 minutes'; case $is in stopped) status='Exited (0) 2 minutes ago' ;; paused) status='Up 2 minutes (Paused)' ;; esac
      case "$call" in *ID*) printf 'id-of-%s\t%s\t%s\n' "$(cat "$state/was-$node" 2>/dev/null || echo "$node")" "$node" "$status" ;; *) echo "$node" ;; esac
    done
    [ ! -f "$state/coming" ] || mv "$state/coming" "$state/nodes/$(cat "$state/coming")"
    ;;
  *' inspect '*' kind' | *' inspect kind') cat "$state/network" ;;
  *' image inspect '*) grep -qxF "$5" "$state/images" ;;
  *' pull '*) echo "$2" >>"$state/images" ;;
  *' inspect '*)
    # All were made now.
    shift; echo '['; first=1
    for word in "$@"; do [ $first = 1 ] || echo ,; first=0; printf '{"Created":"%s"}' "$(cat "$state/created" 2>/dev/null || date -u +%Y-%m-%dT%H:%M:%SZ)"; done; echo ']' ;;
  *' start '* | *' unpause '*) shift; for node in "$@"; do echo started >"$state/nodes/$node"; done ;;
  *' save -o '*) echo archive >"$3" ;;
  *' save '*) echo archive ;;
  *' uname -m') echo x86_64 ;;
  *'/proxyMode') cat "$state/proxy-mode" 2>/dev/null ;;
  # A kube-proxy that is started anew may come up in another mode.
  *' delete pod/kube-proxy'*) [ ! -f "$state/becomes" ] || mv "$state/becomes" "$state/proxy-mode"
    # What was left once goes with the second clean-up.
    if [ -f "$state/cleaned" ]; then rm -f "$state/left-once"; else : >"$state/cleaned"; fi ;;
  *' test -x /opt/cni/bin/bridge' | *' iptables-save '* | *' ip link show kube-ipvs0 >'* | *' nft list '*) case "$call" in *delete*) ;; *) cat "$state/left" "$state/left-once" 2>/dev/null >"$state/all-left"; printf '%s\n' "$call" | grep -qE -f "$state/all-left"; exit ;; esac ;;
  *' crictl inspecti '*) exit 1 ;;
  *' modprobe '* | *' test -d /sys/module/'*) if [ -f "$state/no-modules" ] && printf '%s\n' "$call" | grep -qE -f "$state/no-modules"; then exit 1; fi ;;
  *' exec '*' -i '*) cat >/dev/null ;;
  'kubectl '*' version -o json') echo '{"serverVersion":{"gitVersion":"v1.35.0"}}' ;;
  'kubectl '*' api-resources '*) echo configmaps ;;
  'kubectl '*' get configmap kube-proxy -o json') printf '%s\n' '{"data":{"config.conf":"mode: iptables\n"}}' ;;
  'kubectl '*' get pods -l '*) echo pod/kube-proxy-x ;;
  'kubectl '*' -o json') echo '{"items":[]}' ;;
  'kubectl '*'{.status.podIP}') echo 10.244.1.2 ;;
  'kubectl '*' apply -f -') cat >/dev/null; if [ -f "$state/refuse-once" ]; then cat "$state/refuse-once" >&2; rm "$state/refuse-once"; exit 1; fi ;;
  'kubectl '*' -f -'*) cat >"$state/applied" ;;
esac
