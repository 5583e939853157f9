# The quarrel is over: one of the two is gone.
# caught by: both
set -e
kubectl delete pod pair --now
kubectl run pair --image=nginx:1.25
kubectl wait pod pair --for=condition=Ready --timeout=60s
