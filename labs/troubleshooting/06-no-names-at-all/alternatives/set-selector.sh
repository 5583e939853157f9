# By other commands.
kubectl -n kube-system set selector service kube-dns k8s-app=kube-dns
kubectl -n kube-system patch deployment coredns -p '{"spec":{"replicas":__replicas__}}'
kubectl -n kube-system rollout status deployment coredns --timeout=60s
