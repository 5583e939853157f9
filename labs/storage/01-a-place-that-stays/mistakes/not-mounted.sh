# The claim is there, and nobody uses it.
# caught by: claim, mounted
kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: pages }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: __size__ } }
EOF
