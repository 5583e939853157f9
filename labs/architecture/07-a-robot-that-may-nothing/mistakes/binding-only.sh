# Bound, to rules for nothing.
# caught by: acts
set -e
kubectl delete rolebinding robot-operates
kubectl create rolebinding robot-operates --role=operate --serviceaccount=__space__:robot
