# The neighbour's range.
# caught by: pods, plugin
node=$(kubectl get nodes -o name | grep -e '-worker$' | cut -d/ -f2)
kubectl create configmap ranges --from-literal=services=10.96.0.0/16 --from-literal=worker2=$(kubectl get node $node -o jsonpath='{.spec.podCIDR}') --from-literal=cni=/etc/cni
