# Restarted, where it ran already.
# caught by: answers, everywhere
kubectl -n kube-system rollout restart daemonset kube-proxy
kubectl -n kube-system rollout status daemonset kube-proxy --timeout=90s
