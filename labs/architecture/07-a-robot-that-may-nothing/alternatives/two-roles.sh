# The old ones go; two Roles, two bindings, made without a file.
set -e
kubectl delete role operate
kubectl delete rolebinding robot-operates
kubectl create role operate --verb=get,list --resource=pods
kubectl create role operate-logs --verb=get --resource=pods/log
kubectl create role operate-deployments --verb=get,list,patch --resource=deployments.apps
for role in operate operate-logs operate-deployments; do
  kubectl create rolebinding robot-$role --role=$role --serviceaccount=__space__:robot
done
