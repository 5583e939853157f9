# The ready-made role for those who work there.
# caught by: once, not-the-vault
set -e
kubectl -n north create rolebinding looker --clusterrole=edit --group=__group__
kubectl -n south create rolebinding looker --clusterrole=edit --group=__group__
