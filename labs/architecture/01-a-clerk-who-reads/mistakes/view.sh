# The ready-made role for looking around: it looks at far more than was asked for.
# caught by: no-more, by-name
set -e
kubectl create serviceaccount clerk
kubectl create rolebinding clerk-reads --clusterrole=view --serviceaccount=__space__:clerk
kubectl run desk --image=nginx:1.25 --overrides='{"spec":{"serviceAccountName":"clerk"}}'
