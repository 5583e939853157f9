# The claim asks for half of it, and gets the whole: a claim is bound to any volume that is large enough.
# caught by: bound
set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl apply -f - <<YAML
apiVersion: v1
kind: PersistentVolume
metadata: { name: shelf }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: by-hand
  local: { path: /srv/papers }
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [$node] }]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: papers }
spec:
  storageClassName: by-hand
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 512Mi } }
---
apiVersion: v1
kind: Pod
metadata: { name: reader }
spec:
  volumes: [{ name: papers, persistentVolumeClaim: { claimName: papers } }]
  containers:
    - name: reader
      image: busybox:1.36
      command: [sleep, infinity]
      volumeMounts: [{ name: papers, mountPath: /papers }]
YAML
kubectl wait pod reader --for=condition=Ready --timeout=60s
