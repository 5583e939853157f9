# Everything asked from the cluster.
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
services=$(kubectl -n kube-system get pod -l component=kube-apiserver -o yaml | grep service-cluster-ip-range | sed 's/.*=//')
kubectl create configmap ranges --from-literal=services=$services --from-literal=worker2=$(kubectl get node $node -o jsonpath='{.spec.podCIDR}') --from-literal=cni=/etc/cni/net.d/$(ssh $node ls /etc/cni/net.d | grep conflist)
