# A second claim beside the one that was agreed.
# caught by: bound, ready
set -e
kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders-2 }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 250Mi } }
EOF
kubectl patch deployment database -p '{"spec":{"template":{"spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"orders-2"}}]}}}}'
kubectl rollout status deployment database --timeout=60s
