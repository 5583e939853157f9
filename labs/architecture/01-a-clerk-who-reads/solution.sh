set -e
kubectl create serviceaccount clerk
kubectl create role reader --verb=get,list,watch --resource=__thing__
kubectl create rolebinding clerk-reads --role=reader --serviceaccount=__space__:clerk
kubectl run desk --image=nginx:1.25 --overrides='{"spec":{"serviceAccountName":"clerk"}}'
kubectl wait pod desk --for=condition=Ready --timeout=60s
