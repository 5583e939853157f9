kubectl create configmap table --from-literal=before=rr
kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/scheduler: .*/scheduler: __way__/' | kubectl replace -f -
kubectl -n kube-system rollout restart daemonset kube-proxy
kubectl -n kube-system rollout status daemonset kube-proxy --timeout=90s
