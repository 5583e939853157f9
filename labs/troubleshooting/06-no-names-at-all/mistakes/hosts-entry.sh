# One name for one pod.
# caught by: inside
kubectl -n town delete pod citizen --grace-period=0 --force
kubectl -n town run citizen --image=nicolaka/netshoot:v0.13 --overrides='{"spec":{"hostAliases":[{"ip":"10.96.0.9","hostnames":["kubernetes.default"]}]}}' --command -- sleep infinity
kubectl -n town wait pod citizen --for=condition=Ready --timeout=60s
