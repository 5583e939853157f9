# The pod made anew with the value in it, and the ConfigMap as wrong as before.
# caught by: box
kubectl set image deployment web '*=nginx:__tag__'
kubectl delete pod box --now
kubectl run box --image=busybox:1.36 --env=MODE=quiet --command -- sleep 3600
kubectl wait pod box --for=condition=Ready --timeout=60s
