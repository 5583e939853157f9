# One of two.
# caught by: ghost
set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl delete pod press
kubectl run press --image=nginx:1.25 -l app=press --overrides='{"spec":{"nodeName":"'$node'","containers":[{"name":"press","image":"nginx:1.25","resources":{"requests":{"cpu":"500m"}}}]}}'
kubectl wait pod press --for=condition=Ready --timeout=60s
