# By deleting the pods.
kubectl create configmap table --from-literal=before=rr
kubectl -n kube-system get configmap kube-proxy -o yaml | sed 's/scheduler: .*/scheduler: "__way__"/' | kubectl apply -f -
kubectl -n kube-system delete pods -l k8s-app=kube-proxy
