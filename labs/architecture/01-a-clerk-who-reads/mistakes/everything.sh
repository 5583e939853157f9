# Every verb: the clerk may delete what it should read.
# caught by: no-more
set -e
kubectl create serviceaccount clerk
kubectl create role reader --verb='*' --resource=__thing__
kubectl create rolebinding clerk-reads --role=reader --serviceaccount=__space__:clerk
kubectl run desk --image=nginx:1.25 --overrides='{"spec":{"serviceAccountName":"clerk"}}'
