node=$(kubectl get nodes -o name | grep -e '-worker$')
kubectl label $node disk=__disk__
kubectl rollout status deployment quick --timeout=60s
