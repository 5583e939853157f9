# In one line.
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl run pinned --image=busybox:1.36 --labels=app=pinned --overrides='{"spec":{"nodeName":"'$node'"}}' --command -- sleep 3600
