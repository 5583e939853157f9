# Written down, but not set.
# caught by: variable, rolled-out
kubectl create configmap names --from-literal=full=prices.backstage.svc.cluster.local
