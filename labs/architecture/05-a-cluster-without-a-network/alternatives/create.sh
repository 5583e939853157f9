# `create` instead of `apply`, through a variable.
set -e
node=$(kubectl get nodes -o name | grep -e '-control-plane$' | cut -d/ -f2)
manifest=$(ssh $node cat /root/kube-flannel.yaml)
echo "$manifest" | kubectl create -f - || true
kubectl -n kube-flannel rollout status daemonset kube-flannel-ds --timeout=90s
kubectl wait node --all --for=condition=Ready --timeout=60s
kubectl rollout status deployment first --timeout=60s
kubectl -n kube-system rollout status deployment coredns --timeout=60s
