# Nobody has read it yet.
# caught by: scheduler
kubectl create configmap table --from-literal=before=rr
kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/scheduler: .*/scheduler: __way__/' | kubectl replace -f -
