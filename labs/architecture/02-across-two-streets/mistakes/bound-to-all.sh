# One ClusterRoleBinding instead of two RoleBindings: it opens the vault.
# caught by: not-the-vault
set -e
kubectl create clusterrole looker --verb=get,list,watch --resource=pods,pods/log,deployments.apps
kubectl create clusterrolebinding looker --clusterrole=looker --group=__group__
