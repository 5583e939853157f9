set -e
kubectl delete pvc orders --ignore-not-found
kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 250Mi } }
EOF
kubectl patch deployment database -p '{"spec":{"template":{"spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"orders"}}]}}}}'
kubectl rollout status deployment database --timeout=60s
