# That is the virtual server.
# caught by: server
kubectl create configmap found --from-literal=mode=ipvs --from-literal=device=kube-ipvs0 --from-literal=server=$(kubectl get service line -o jsonpath='{.spec.clusterIP}'):80
