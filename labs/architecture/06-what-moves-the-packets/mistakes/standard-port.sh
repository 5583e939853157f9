# The port that IANA gave to VXLAN.
# caught by: tunnel
set -e
outer=$(kubectl get pod far -o jsonpath='{.status.hostIP}')
kubectl create configmap atlas --from-literal=device=flannel.1 --from-literal=port=4789 --from-literal=mtu=1450 --from-literal=bridge=cni0 --from-literal=outer=$outer
