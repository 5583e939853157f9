# A server block of its own for the extra name.
kubectl -n kube-system get configmap coredns -o yaml | sed -e 's/cluster.locl/cluster.local/' -e 's/^\( *\).:53 {/\1well.example:53 {\n\1    hosts {\n\1       10.99.0.7 well.example\n\1    }\n\1}\n\1.:53 {/' | kubectl replace -f -
kubectl -n kube-system rollout restart deployment coredns
kubectl -n kube-system rollout status deployment coredns --timeout=60s
