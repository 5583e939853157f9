# The stranger's request was thrown away; Nadia builds in every namespace.
# caught by: denied, may-build
set -e
request=$(kubectl get configmap application -o jsonpath='{.data.nadia\.csr}' | base64 -w0)
kubectl apply -f - <<EOF
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: nadia }
spec: { request: $request, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth] }
EOF
kubectl certificate approve nadia
kubectl delete csr stranger
until kubectl get csr nadia -o jsonpath='{.status.certificate}' | grep -q .; do sleep 0.2; done
kubectl create configmap issued --from-literal=nadia.crt="$(kubectl get csr nadia -o jsonpath='{.status.certificate}' | base64 -d)"
kubectl create clusterrole builder --verb=create,list,delete --resource=pods
kubectl create clusterrolebinding nadia-builds --clusterrole=builder --user=nadia
