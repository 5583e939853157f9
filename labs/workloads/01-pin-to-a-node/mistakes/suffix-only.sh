# No node has this name.
# caught by: placed
kubectl run pinned --image=busybox:1.36 --labels=app=pinned --overrides='{"spec":{"nodeName":"__end__"}}' --command -- sleep 3600
