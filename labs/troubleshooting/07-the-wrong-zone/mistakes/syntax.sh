# A word that CoreDNS does not know: the new pods do not start.
# caught by: services, extra
kubectl -n kube-system get configmap coredns -o yaml | sed -e 's/prometheus :9153/hostz 10.99.0.7 well.example/' | kubectl replace -f -
kubectl -n kube-system rollout restart deployment coredns
