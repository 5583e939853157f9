# On the right node, and not by nodeName.
# caught by: press
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl delete pod press ghost --ignore-not-found
kubectl run ghost --image=nginx:1.25 -l app=ghost
kubectl run press --image=nginx:1.25 -l app=press --overrides='{"spec":{"nodeSelector":{"kubernetes.io/hostname":"'$node'"},"containers":[{"name":"press","image":"nginx:1.25","resources":{"requests":{"cpu":"500m"}}}]}}'
kubectl wait pod press ghost --for=condition=Ready --timeout=60s
