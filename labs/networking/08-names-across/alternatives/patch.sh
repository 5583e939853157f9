# A patch, with the full name in both places.
kubectl patch deployment window -p '{"spec":{"template":{"spec":{"containers":[{"name":"window","env":[{"name":"PRICES","value":"prices.backstage.svc.cluster.local"}]}]}}}}'
kubectl create configmap names --from-literal=full=prices.backstage.svc.cluster.local.
kubectl rollout status deployment window --timeout=60s
