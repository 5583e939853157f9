# Replaced by force, the class by name.
set -e
class=$(kubectl get storageclass -o jsonpath='{.items[0].metadata.name}')
kubectl delete deployment database
kubectl delete pvc orders --ignore-not-found
kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders }
spec:
  storageClassName: $class
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 250Mi } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: database }
spec:
  selector: { matchLabels: { app: database } }
  template:
    metadata: { labels: { app: database } }
    spec:
      volumes: [{ name: data, persistentVolumeClaim: { claimName: orders } }]
      containers: [{ name: database, image: 'redis:7.4', volumeMounts: [{ name: data, mountPath: /data }] }]
EOF
kubectl rollout status deployment database --timeout=60s
