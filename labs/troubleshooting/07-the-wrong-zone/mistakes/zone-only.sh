# The first half.
# caught by: extra
kubectl -n kube-system get configmap coredns -o yaml | sed -e 's/cluster.locl/cluster.local/' | kubectl replace -f -
kubectl -n kube-system rollout restart deployment coredns
kubectl -n kube-system rollout status deployment coredns --timeout=60s
