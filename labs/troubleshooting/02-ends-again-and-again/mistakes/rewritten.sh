# The file is there, and the program says what it should without looking at it.
# caught by: program
kubectl patch configmap shelf -p '{"data":{"__file__":"iron"}}'
kubectl patch deployment smith --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/command","value":["sh","-c","echo working by __file__; sleep 3600"]}]'
kubectl rollout status deployment smith --timeout=60s
