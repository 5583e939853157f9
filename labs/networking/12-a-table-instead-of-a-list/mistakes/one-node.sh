# Only one of them was restarted.
# caught by: mode
for node in $(kubectl get nodes -o jsonpath='{.items[*].metadata.name}'); do ssh $node modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh; done
kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/mode: .*/mode: ipvs/' | kubectl replace -f -
pod=$(kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide | grep -e '-worker ' | cut -d' ' -f1)
kubectl -n kube-system delete pod $pod
