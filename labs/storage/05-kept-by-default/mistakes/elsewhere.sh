# The claim is mounted, and not where it was asked for.
# caught by: used
set -e
kubectl apply -f - <<YAML
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: __class__
  annotations: { storageclass.kubernetes.io/is-default-class: "true" }
provisioner: $(kubectl get storageclass standard -o jsonpath='{.provisioner}')
reclaimPolicy: Retain
volumeBindingMode: WaitForFirstConsumer
YAML
kubectl annotate storageclass standard storageclass.kubernetes.io/is-default-class=false --overwrite
kubectl apply -f - <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: box }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 100Mi } }
---
apiVersion: v1
kind: Pod
metadata: { name: keeper }
spec:
  volumes: [{ name: box, persistentVolumeClaim: { claimName: box } }]
  containers: [{ name: keeper, image: 'nginx:1.25', volumeMounts: [{ name: box, mountPath: /data }] }]
YAML
kubectl wait pod keeper --for=condition=Ready --timeout=60s
