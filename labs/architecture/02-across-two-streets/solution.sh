set -e
kubectl create clusterrole looker --verb=get,list,watch --resource=pods,pods/log,deployments.apps
kubectl -n north create rolebinding looker --clusterrole=looker --group=__group__
kubectl -n south create rolebinding looker --clusterrole=looker --group=__group__
