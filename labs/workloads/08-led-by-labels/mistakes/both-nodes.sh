# Every worker claims to be fast.
# caught by: label
kubectl label nodes --all disk=__disk__
kubectl rollout status deployment quick --timeout=60s
