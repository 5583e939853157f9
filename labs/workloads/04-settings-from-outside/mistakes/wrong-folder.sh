# Mounted one folder too deep.
# caught by: file
kubectl create configmap style --from-literal=tone=__tone__
kubectl create secret generic entry --from-literal=password=__word__
kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: { name: voice }
spec:
  containers: [{ name: voice, image: 'busybox:1.36', command: [sleep, '3600'], env: [{ name: TONE, valueFrom: { configMapKeyRef: { name: style, key: tone } } }], volumeMounts: [{ name: entry, mountPath: /etc/voice/password }] }]
  volumes: [{ name: entry, secret: { secretName: entry } }]
YAML
kubectl wait pod voice --for=condition=Ready --timeout=60s
