# What stood in the way was removed.
# caught by: budget
set -e
kubectl delete pdb till
kubectl drain $(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2) --ignore-daemonsets --delete-emptydir-data --force --timeout=90s
kubectl rollout status deployment till --timeout=60s
