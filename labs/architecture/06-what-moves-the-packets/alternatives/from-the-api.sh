# What is known of Flannel, and the outer address from the API.
set -e
outer=$(kubectl get pod far -o jsonpath='{.status.hostIP}')
kubectl create configmap atlas --from-literal=device=flannel.1 --from-literal=port=8472 --from-literal=mtu=1450 --from-literal=bridge=cni0 --from-literal=outer=$outer
