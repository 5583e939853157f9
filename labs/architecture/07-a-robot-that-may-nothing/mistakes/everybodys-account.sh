# Every account of the namespace.
# caught by: no-more
set -e
kubectl apply -f - <<YAML
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: operate, namespace: __space__ }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list] }
  - { apiGroups: [""], resources: [pods/log], verbs: [get] }
  - { apiGroups: [apps], resources: [deployments], verbs: [get, list, patch] }
YAML
kubectl delete rolebinding robot-operates
kubectl create rolebinding robot-operates --role=operate --group=system:serviceaccounts:__space__
