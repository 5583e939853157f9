# Nobody loaded the modules: kube-proxy ends again and again.
# caught by: mode
kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/mode: .*/mode: ipvs/' | kubectl replace -f -
kubectl -n kube-system delete pods -l k8s-app=kube-proxy
