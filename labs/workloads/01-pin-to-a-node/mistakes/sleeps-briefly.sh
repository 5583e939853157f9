# The right place, and a nap of a minute: after that the pod begins again and again.
# caught by: image
set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl run pinned --image=busybox:1.36 --labels=app=pinned --overrides='{"spec":{"nodeName":"'$node'"}}' --command -- sleep 60
kubectl wait pod pinned --for=condition=Ready --timeout=60s
