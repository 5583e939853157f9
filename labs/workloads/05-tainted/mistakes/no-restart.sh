# The crowd is still there.
# caught by: others, chosen
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl taint node $node __key__=__value__:NoSchedule
