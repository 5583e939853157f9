set -e
kubectl apply -f - <<YAML
apiVersion: __group__/v1
kind: Backup
metadata: { name: nightly, namespace: __space__ }
spec: { schedule: "30 2 * * *", target: ledger, keep: __keep__ }
YAML
kubectl create configmap about --from-literal=crd=backups.__group__ --from-literal=version=v1 --from-literal=usual=__usual__
kubectl create role reads-backups --verb=get,list,watch --resource=backups.__group__
kubectl create role reports-backups --verb=update --resource=backups.__group__/status
kubectl create rolebinding keeper-reads --role=reads-backups --serviceaccount=__space__:keeper
kubectl create rolebinding keeper-reports --role=reports-backups --serviceaccount=__space__:keeper
