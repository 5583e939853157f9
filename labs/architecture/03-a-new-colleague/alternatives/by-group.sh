# Denied first; more verbs than asked for are hers in this namespace; a certificate for a day.
set -e
request=$(kubectl get configmap application -o jsonpath='{.data.nadia\.csr}' | base64 | tr -d '\n')
kubectl create -f - <<EOF
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: nadia }
spec:
  groups: [system:authenticated]
  request: $request
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 86400
  usages: [digital signature, key encipherment, client auth]
EOF
kubectl certificate deny stranger
kubectl certificate approve nadia
until kubectl get csr nadia -o jsonpath='{.status.certificate}' | grep -q .; do sleep 0.2; done
kubectl apply -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata: { name: issued, namespace: __space__ }
data:
  nadia.crt: |
$(kubectl get csr nadia -o jsonpath='{.status.certificate}' | base64 -d | sed 's/^/    /')
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: pods, namespace: __space__ }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get, list, watch, create, delete] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: pods, namespace: __space__ }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: pods }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: nadia }]
EOF
