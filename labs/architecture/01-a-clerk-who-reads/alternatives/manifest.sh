# Everything as one manifest; the Role in two rules.
kubectl apply -f - <<YAML
apiVersion: v1
kind: ServiceAccount
metadata: { name: clerk, namespace: __space__ }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: __space__ }
rules:
  - { apiGroups: [""], resources: [__thing__], verbs: [get] }
  - { apiGroups: [""], resources: [__thing__], verbs: [list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: clerk-reads, namespace: __space__ }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: clerk, namespace: __space__ }]
---
apiVersion: v1
kind: Pod
metadata: { name: desk, namespace: __space__ }
spec:
  serviceAccountName: clerk
  containers: [{ name: desk, image: 'nginx:1.25' }]
YAML
