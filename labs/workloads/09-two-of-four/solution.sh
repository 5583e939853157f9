set -e
kubectl set resources deployment ovens --requests=cpu=100m
kubectl rollout status deployment ovens --timeout=90s
