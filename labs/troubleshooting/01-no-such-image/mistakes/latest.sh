# It starts, in another version.
# caught by: web
kubectl set image deployment web web=nginx:1.26
kubectl patch configmap settings -p '{"data":{"mode":"quiet"}}'
kubectl rollout status deployment web --timeout=60s
