range=$(kubectl get node $(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2) -o jsonpath='{.spec.podCIDR}')
kubectl create configmap ranges --from-literal=services=10.96.0.0/16 --from-literal=worker2=$range --from-literal=cni=/etc/cni/net.d/10-calico.conflist
