# The order read, corrected in passing and sent on; one Role in two rules; the default read from the definition.
set -e
kubectl get configmap order -o jsonpath='{.data.nightly\.yaml}' | sed 's/v1beta1/v1/; s/Ledger/ledger/; s/keep: 99/keep: __keep__/' | kubectl create -f -
usual=$(kubectl get crd backups.__group__ -o jsonpath='{.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.keep.default}')
kubectl create configmap about --from-literal=crd=backups.__group__ --from-literal=version=v1 --from-literal=usual=$usual
kubectl apply -f - <<YAML
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: keeper, namespace: __space__ }
rules:
  - { apiGroups: [__group__], resources: [backups], verbs: [get, list, watch] }
  - { apiGroups: [__group__], resources: [backups/status], verbs: [get, update, patch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: keeper, namespace: __space__ }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: keeper }
subjects: [{ kind: ServiceAccount, name: keeper, namespace: __space__ }]
YAML
