# Scaled down, changed, scaled up.
set -e
kubectl scale deployment ovens --replicas=0
kubectl patch deployment ovens -p '{"spec":{"template":{"spec":{"containers":[{"name":"oven","resources":{"requests":{"cpu":"0.1"}}}]}}}}'
kubectl scale deployment ovens --replicas=4
kubectl rollout status deployment ovens --timeout=90s
