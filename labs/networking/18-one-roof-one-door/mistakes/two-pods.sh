# Each its own pod: the names are right, localhost is not.
# caught by: both, inside
set -e
kubectl delete pod pair --now
kubectl run pair --image=nginx:1.25
kubectl run counter --image=registry.k8s.io/e2e-test-images/agnhost:2.53 -- netexec --http-port=__port__
kubectl wait pod pair counter --for=condition=Ready --timeout=60s
