# The complaint was taken away, and the work with it.
# caught by: works
kubectl patch deployment smith --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/command","value":["sleep","3600"]}]'
kubectl rollout status deployment smith --timeout=60s
