# The Role went to the account that every pod has anyway.
# caught by: may-read, pod
set -e
kubectl create serviceaccount clerk
kubectl create role reader --verb=get,list,watch --resource=__thing__
kubectl create rolebinding clerk-reads --role=reader --serviceaccount=__space__:default
kubectl run desk --image=nginx:1.25
kubectl wait pod desk --for=condition=Ready --timeout=60s
