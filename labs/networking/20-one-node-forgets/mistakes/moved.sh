# The listener was moved to a node where it works.
# caught by: everywhere, stays
set -e
other=$(kubectl get nodes -o name | grep worker | grep -v -e '-__end__$' | cut -d/ -f2)
kubectl delete pod listener --now
kubectl run listener -l app=listener --image=curlimages/curl:8.10.1 --overrides='{"spec":{"nodeName":"'$other'"}}' --command -- sleep infinity
kubectl wait pod listener --for=condition=Ready --timeout=60s
