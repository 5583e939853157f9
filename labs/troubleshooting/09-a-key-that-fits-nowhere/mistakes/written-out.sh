# The token in plain words, for everybody to read.
# caught by: settings
kubectl patch deployment courier --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/env/0","value":{"name":"TOKEN","value":"swordfish"}},{"op":"replace","path":"/spec/template/spec/volumes/0/configMap/name","value":"stops"}]'
kubectl rollout status deployment courier --timeout=60s
