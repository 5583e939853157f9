# The pods do not listen there.
# caught by: server
ip=$(kubectl get pods -l app=line -o jsonpath='{.items[0].status.podIP}')
kubectl create configmap found --from-literal=mode=ipvs --from-literal=device=kube-ipvs0 --from-literal=server=$ip:80
