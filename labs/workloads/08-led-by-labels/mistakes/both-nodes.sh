# Every worker claims to be fast.
# caught by: runs
kubectl label nodes --all disk=__disk__
kubectl rollout status deployment quick --timeout=60s
