# The request was made, and waits.
# caught by: signed, handed-over
set -e
request=$(kubectl get configmap application -o jsonpath='{.data.nadia\.csr}' | base64 -w0)
kubectl apply -f - <<EOF
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: nadia }
spec: { request: $request, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth] }
EOF
kubectl certificate deny stranger
kubectl create role builder --verb=create,list,delete --resource=pods
kubectl create rolebinding nadia-builds --role=builder --user=nadia
