# A new ConfigMap of the same name, and new pods.
kubectl create configmap shelf --from-literal=__file__=iron --dry-run=client -o yaml | kubectl replace -f -
kubectl delete pod -l app=smith
kubectl rollout status deployment smith --timeout=60s
