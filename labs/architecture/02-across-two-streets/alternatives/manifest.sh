# Rules by group; the bindings under other names.
kubectl apply -f - <<YAML
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: looker }
rules:
  - { apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch] }
  - { apiGroups: [apps], resources: [deployments], verbs: [get, list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: __group__-look, namespace: north }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: looker }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: __group__ }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: __group__-look, namespace: south }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: looker }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: __group__ }]
YAML
