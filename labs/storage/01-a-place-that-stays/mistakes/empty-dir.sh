# It survives the container, and not the pod.
# caught by: claim, mounted, written
set -e
kubectl patch deployment ledger -p '{"spec":{"template":{"spec":{"volumes":[{"name":"pages","emptyDir":{}}],"containers":[{"name":"ledger","volumeMounts":[{"name":"pages","mountPath":"/var/ledger"}]}]}}}}'
kubectl rollout status deployment ledger --timeout=60s
kubectl exec deploy/ledger -- sh -c 'echo paid > /var/ledger/first'
