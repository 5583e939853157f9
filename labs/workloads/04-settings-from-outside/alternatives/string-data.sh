# Everything as manifests; the secret as plain text.
kubectl apply -f - <<YAML
apiVersion: v1
kind: ConfigMap
metadata: { name: style }
data: { tone: __tone__ }
---
apiVersion: v1
kind: Secret
metadata: { name: entry }
stringData: { password: __word__ }
---
apiVersion: v1
kind: Pod
metadata: { name: voice }
spec:
  volumes: [{ name: s, secret: { secretName: entry, items: [{ key: password, path: password }] } }]
  containers:
    - name: main
      image: busybox:1.36
      args: [sleep, '3600']
      env: [{ name: TONE, valueFrom: { configMapKeyRef: { name: style, key: tone } } }]
      volumeMounts: [{ name: s, mountPath: /etc/voice, readOnly: true }]
YAML
kubectl wait pod voice --for=condition=Ready --timeout=60s
