# A user who is called like the group.
# caught by: north, south
set -e
kubectl create clusterrole looker --verb=get,list,watch --resource=pods,pods/log,deployments.apps
kubectl -n north create rolebinding looker --clusterrole=looker --user=__group__
kubectl -n south create rolebinding looker --clusterrole=looker --user=__group__
