# The right node, by the scheduler.
# caught by: no-scheduler
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl run pinned --image=busybox:1.36 --labels=app=pinned --overrides='{"spec":{"nodeSelector":{"kubernetes.io/hostname":"'$node'"}}}' --command -- sleep 3600
kubectl wait pod pinned --for=condition=Ready --timeout=60s
