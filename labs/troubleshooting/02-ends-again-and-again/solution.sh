kubectl patch configmap shelf -p '{"data":{"__file__":"iron"}}'
kubectl rollout restart deployment smith
kubectl rollout status deployment smith --timeout=60s
