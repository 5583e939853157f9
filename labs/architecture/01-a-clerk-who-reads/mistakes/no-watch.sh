# `get` alone: neither lists nor watches.
# caught by: may-read
set -e
kubectl create serviceaccount clerk
kubectl create role reader --verb=get --resource=__thing__
kubectl create rolebinding clerk-reads --role=reader --serviceaccount=__space__:clerk
kubectl run desk --image=nginx:1.25 --overrides='{"spec":{"serviceAccountName":"clerk"}}'
