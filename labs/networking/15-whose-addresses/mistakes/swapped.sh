# Pods and Services exchanged.
# caught by: services, pods
kubectl create configmap ranges --from-literal=services=10.244.0.0/16 --from-literal=worker2=10.96.0.0/16 --from-literal=cni=/etc/cni/net.d/10-calico.conflist
