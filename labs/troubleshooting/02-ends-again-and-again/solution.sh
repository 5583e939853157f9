kubectl patch configmap shelf -p '{"data":{"__file__":"iron"}}'
# helps only: the pod ends again and again, and finds the new value by itself
kubectl rollout restart deployment smith
kubectl rollout status deployment smith --timeout=60s
