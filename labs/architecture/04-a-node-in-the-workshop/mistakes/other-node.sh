# The wrong one of two.
# caught by: closed
set -e
kubectl patch pdb till --type=merge -p '{"spec":{"minAvailable":1}}'
kubectl drain $(kubectl get nodes -o name | grep -e '-__other__$' | cut -d/ -f2) --ignore-daemonsets --delete-emptydir-data --force --timeout=90s
kubectl rollout status deployment till --timeout=60s
