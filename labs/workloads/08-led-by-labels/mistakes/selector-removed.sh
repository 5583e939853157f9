# The wish was taken away.
# caught by: label
kubectl patch deployment quick --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
kubectl rollout status deployment quick --timeout=60s
