# An account of its own, and the same key as before; a letter for nobody in particular, which is one for the API server.
# caught by: keyless, token
set -e
kubectl create serviceaccount page
kubectl set serviceaccount deployment page page
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
        sources: [{ serviceAccountToken: { expirationSeconds: __seconds__, path: token } }]
YAML
kubectl wait pod courier --for=condition=Ready --timeout=60s
