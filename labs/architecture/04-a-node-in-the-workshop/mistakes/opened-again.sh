# Drained, and opened before the screwdriver came.
# caught by: closed
set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl patch pdb till --type=merge -p '{"spec":{"minAvailable":1}}'
kubectl drain $node --ignore-daemonsets --delete-emptydir-data --force --timeout=90s
kubectl uncordon $node
