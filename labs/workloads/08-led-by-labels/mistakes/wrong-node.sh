# The other worker.
# caught by: label, runs
node=$(kubectl get nodes -o name | grep -e '-worker2$')
kubectl label $node disk=__disk__
kubectl rollout status deployment quick --timeout=60s
