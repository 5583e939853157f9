# The key is there, its value is another one.
# caught by: box
kubectl set image deployment web web=nginx:__tag__
kubectl patch configmap settings -p '{"data":{"mode":"loud"}}'
kubectl wait pod box --for=condition=Ready --timeout=60s
