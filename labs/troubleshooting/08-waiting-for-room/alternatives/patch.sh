# By patches.
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl patch node $node -p '{"spec":{"unschedulable":false}}'
kubectl patch deployment boxes -p '{"spec":{"template":{"spec":{"nodeSelector":null,"containers":[{"name":"boxes","resources":{"requests":{"cpu":"0.25","memory":"64Mi"}}}]}}}}'
kubectl rollout status deployment boxes --timeout=60s
