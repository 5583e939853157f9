# Bound, with a fraction of the size.
# caught by: bound
set -e
kubectl scale deployment database --replicas=0
kubectl delete pvc orders --ignore-not-found
kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 25Mi } }
EOF
kubectl patch deployment database -p '{"spec":{"replicas":1,"template":{"spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"orders"}}]}}}}'
kubectl rollout status deployment database --timeout=60s
