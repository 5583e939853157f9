# The class by its name; the Deployment made anew from a manifest.
set -e
class=$(kubectl get storageclass -o jsonpath='{.items[?(@.metadata.annotations.storageclass\.kubernetes\.io/is-default-class=="true")].metadata.name}')
kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: pages }
spec:
  storageClassName: $class
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: __size__ } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ledger }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: ledger } }
  template:
    metadata: { labels: { app: ledger } }
    spec:
      volumes: [{ name: book, persistentVolumeClaim: { claimName: pages } }]
      containers:
        - name: ledger
          image: busybox:1.36
          command: [sleep, infinity]
          volumeMounts: [{ name: book, mountPath: /var/ledger }]
EOF
kubectl rollout status deployment ledger --timeout=60s
kubectl exec deploy/ledger -- sh -c 'echo paid > /var/ledger/first'
