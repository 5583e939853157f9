# The volume is reserved for the new claim, which does not name it.
set -e
kubectl patch pv cargo --type=json -p '[{"op":"replace","path":"/spec/claimRef","value":{"apiVersion":"v1","kind":"PersistentVolumeClaim","name":"cargo-again","namespace":"__space__"}}]'
kubectl apply -f - <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: cargo-again }
spec:
  storageClassName: docks
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
