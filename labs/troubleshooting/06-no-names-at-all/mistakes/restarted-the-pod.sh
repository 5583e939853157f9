# The client is not to blame.
# caught by: inside
kubectl -n town delete pod citizen --grace-period=0 --force
kubectl -n town run citizen --image=nicolaka/netshoot:v0.13 --command -- sleep infinity
kubectl -n town wait pod citizen --for=condition=Ready --timeout=60s
