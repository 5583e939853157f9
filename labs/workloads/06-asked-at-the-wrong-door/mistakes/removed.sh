# Ready at once, whatever the program does.
# caught by: readiness, liveness
kubectl patch deployment door --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"}]'
kubectl rollout status deployment door --timeout=60s
