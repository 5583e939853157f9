# A pod on that node, but no static one.
# caught by: made
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl run __name__ -n ground --image=nginx:1.25 -l app=__name__ --overrides='{"spec":{"nodeName":"'$node'"}}'
ssh ${node%2} rm /etc/kubernetes/manifests/ghost.yaml
