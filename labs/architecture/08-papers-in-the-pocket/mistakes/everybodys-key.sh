# The account that everybody has lost its key.
# caught by: others
set -e
kubectl create serviceaccount page
kubectl patch serviceaccount default -p '{"automountServiceAccountToken":false}'
kubectl rollout restart deployment page
kubectl rollout status deployment page --timeout=60s
kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: { name: courier, namespace: __space__ }
spec:
  serviceAccountName: messenger
  containers:
    - name: courier
      image: busybox:1.36
      command: [sleep, infinity]
      volumeMounts: [{ name: papers, mountPath: /var/run/papers }]
  volumes:
    - name: papers
      projected:
        sources: [{ serviceAccountToken: { audience: __audience__, expirationSeconds: __seconds__, path: token } }]
YAML
kubectl wait pod courier --for=condition=Ready --timeout=60s
