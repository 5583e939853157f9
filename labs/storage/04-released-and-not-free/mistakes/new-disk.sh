# The default class makes a new volume, an empty one.
# caught by: bound, data
set -e
kubectl patch pv cargo --type=json -p '[{"op":"remove","path":"/spec/claimRef"}]'
kubectl apply -f - <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: cargo-again }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 500Mi } }
---
apiVersion: v1
kind: Pod
metadata: { name: crane }
spec:
  volumes: [{ name: cargo, persistentVolumeClaim: { claimName: cargo-again } }]
  containers:
    - name: crane
      image: busybox:1.36
      command: [sleep, infinity]
      volumeMounts: [{ name: cargo, mountPath: /cargo }]
YAML
kubectl wait pod crane --for=condition=Ready --timeout=60s
