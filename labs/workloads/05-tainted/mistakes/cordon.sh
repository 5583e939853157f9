# Cordoned is not tainted: the chosen ones cannot come either.
# caught by: taint, chosen
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl cordon $node
kubectl rollout restart deployment crowd
