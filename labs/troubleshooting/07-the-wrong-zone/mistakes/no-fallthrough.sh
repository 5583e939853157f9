# The hosts plugin keeps every question.
# caught by: services
kubectl -n kube-system get configmap coredns -o yaml | sed -e 's/cluster.locl/cluster.local/' -e 's/^\( *\)prometheus :9153/\1hosts {\n\1   10.99.0.7 well.example\n\1}\n\1prometheus :9153/' | kubectl replace -f -
kubectl -n kube-system rollout restart deployment coredns
kubectl -n kube-system rollout status deployment coredns --timeout=60s
