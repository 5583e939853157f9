set -e
kubectl scale deployment database --replicas=0
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
kubectl scale deployment database --replicas=1
kubectl rollout status deployment database --timeout=60s
