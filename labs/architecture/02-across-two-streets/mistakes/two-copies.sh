# It works, twice.
# caught by: once
set -e
for ns in north south; do
  kubectl -n $ns create role looker --verb=get,list,watch --resource=pods,pods/log,deployments.apps
  kubectl -n $ns create rolebinding looker --role=looker --group=__group__
done
