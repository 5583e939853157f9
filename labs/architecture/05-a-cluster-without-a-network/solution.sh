set -e
node=$(kubectl get nodes -o name | grep -e '-control-plane$' | cut -d/ -f2)
ssh $node cat /root/kube-flannel.yaml | kubectl apply -f -
kubectl -n kube-flannel rollout status daemonset kube-flannel-ds --timeout=90s
kubectl wait node --all --for=condition=Ready --timeout=60s
kubectl rollout status deployment first --timeout=60s
kubectl -n kube-system rollout status deployment coredns --timeout=60s
kubectl wait pod traveller --for=condition=Ready --timeout=60s
