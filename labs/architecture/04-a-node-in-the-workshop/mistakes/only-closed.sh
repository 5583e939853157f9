# Closed for new pods; those that were there are there.
# caught by: empty
set -e
kubectl cordon $(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl patch pdb till --type=merge -p '{"spec":{"minAvailable":1}}'
