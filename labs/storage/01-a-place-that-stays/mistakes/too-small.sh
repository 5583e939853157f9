# A tenth of what was asked for.
# caught by: claim
set -e
kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: pages }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 20Mi } }
EOF
kubectl patch deployment ledger -p '{"spec":{"template":{"spec":{"volumes":[{"name":"pages","persistentVolumeClaim":{"claimName":"pages"}}],"containers":[{"name":"ledger","volumeMounts":[{"name":"pages","mountPath":"/var/ledger"}]}]}}}}'
kubectl rollout status deployment ledger --timeout=60s
kubectl exec deploy/ledger -- sh -c 'echo paid > /var/ledger/first'
