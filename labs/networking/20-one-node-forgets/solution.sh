set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl label node $node proxy-
until kubectl -n kube-system get daemonset kube-proxy -o jsonpath='{.status.numberReady}' | grep -q 3; do sleep 0.3; done
