kubectl set image deployment web web=nginx:__tag__
kubectl patch configmap settings -p '{"data":{"mode":"quiet"}}'
kubectl rollout status deployment web --timeout=60s
