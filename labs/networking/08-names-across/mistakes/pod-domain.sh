# `pod` is the domain of pods.
# caught by: recorded
kubectl set env deployment/window PRICES=prices.backstage
kubectl create configmap names --from-literal=full=prices.backstage.pod.cluster.local
kubectl rollout status deployment window --timeout=60s
