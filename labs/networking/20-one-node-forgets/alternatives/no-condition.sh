# The condition of the DaemonSet goes; the label stays.
set -e
kubectl -n kube-system patch daemonset kube-proxy --type=json -p '[{"op":"remove","path":"/spec/template/spec/affinity"}]'
kubectl -n kube-system rollout status daemonset kube-proxy --timeout=90s
