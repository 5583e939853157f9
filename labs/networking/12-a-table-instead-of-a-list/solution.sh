for node in $(kubectl get nodes -o jsonpath='{.items[*].metadata.name}'); do ssh $node modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh; done
kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/mode: .*/mode: ipvs/' | kubectl replace -f -
kubectl -n kube-system rollout restart daemonset kube-proxy
kubectl -n kube-system rollout status daemonset kube-proxy --timeout=90s
