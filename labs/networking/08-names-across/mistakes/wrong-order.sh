# Namespace and Service in the wrong order.
# caught by: variable, recorded
kubectl set env deployment/window PRICES=backstage.prices
kubectl create configmap names --from-literal=full=backstage.prices.svc.cluster.local
kubectl rollout status deployment window --timeout=60s
