# Every waiting pod was placed by hand: the next one waits again.
# caught by: scheduler, backlog
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl run courier --image=nginx:1.25 --labels=app=courier --overrides='{"spec":{"nodeName":"'$node'"}}'
kubectl delete pod -l app=backlog --grace-period=0 --force
