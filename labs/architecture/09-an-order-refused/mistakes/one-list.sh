# One list of verbs for both: the orders may be changed, too.
# caught by: no-more
set -e
kubectl apply -f - <<YAML
apiVersion: __group__/v1
kind: Backup
metadata: { name: nightly, namespace: __space__ }
spec: { schedule: "30 2 * * *", target: ledger, keep: __keep__ }
YAML
kubectl create configmap about --from-literal=crd=backups.__group__ --from-literal=version=v1 --from-literal=usual=__usual__
kubectl create role keeper --verb=get,list,watch,update --resource=backups.__group__,backups.__group__/status
kubectl create rolebinding keeper --role=keeper --serviceaccount=__space__:keeper
