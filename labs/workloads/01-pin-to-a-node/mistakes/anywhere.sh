# Left to chance, on a node by the scheduler.
# caught by: no-scheduler
kubectl run pinned --image=busybox:1.36 --labels=app=pinned --command -- sleep 3600
kubectl wait pod pinned --for=condition=Ready --timeout=60s
