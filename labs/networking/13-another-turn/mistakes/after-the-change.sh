# What was in use before was asked afterwards.
# caught by: noted
kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/scheduler: .*/scheduler: __way__/' | kubectl replace -f -
kubectl -n kube-system rollout restart daemonset kube-proxy
kubectl create configmap table --from-literal=before=__way__
