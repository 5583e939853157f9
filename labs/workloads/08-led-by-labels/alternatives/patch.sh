# The label by a patch.
node=$(kubectl get nodes -o name | grep -e '-worker$')
kubectl patch $node -p '{"metadata":{"labels":{"disk":"__disk__"}}}'
