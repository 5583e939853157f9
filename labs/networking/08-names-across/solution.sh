kubectl set env deployment/window PRICES=prices.backstage
kubectl create configmap names --from-literal=full=prices.backstage.svc.cluster.local
kubectl rollout status deployment window --timeout=60s
