# Without a request everything fits.
# caught by: modest
set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl delete pod press ghost --ignore-not-found
kubectl run ghost --image=nginx:1.25 -l app=ghost
kubectl run press --image=nginx:1.25 -l app=press --overrides='{"spec":{"nodeName":"'$node'"}}'
kubectl wait pod press ghost --for=condition=Ready --timeout=60s
