# The fire is out, the cause is there.
# caught by: scheduler, backlog
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl run courier --image=nginx:1.25 --labels=app=courier --overrides='{"spec":{"nodeName":"'$node'"}}'
