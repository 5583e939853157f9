# Learnt by heart, for Calico.
# caught by: device, tunnel, bridge
set -e
outer=$(kubectl get pod far -o jsonpath='{.status.hostIP}')
kubectl create configmap atlas --from-literal=device=vxlan.calico --from-literal=port=4789 --from-literal=mtu=1450 --from-literal=bridge=none --from-literal=outer=$outer
