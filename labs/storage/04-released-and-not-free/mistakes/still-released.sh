# The claim names the volume; the volume still names another claim.
# caught by: bound, data
set -e
kubectl apply -f - <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: cargo-again }
spec:
  storageClassName: docks
  volumeName: cargo
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
