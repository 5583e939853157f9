# fault: selector
kubectl -n kube-system patch service kube-dns -p '{"spec":{"selector":{"k8s-app":"kube-dns"}}}'
# fault: scaled
kubectl -n kube-system scale deployment coredns --replicas=__replicas__
kubectl -n kube-system rollout status deployment coredns --timeout=60s
