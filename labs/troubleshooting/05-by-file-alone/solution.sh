node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl run __name__ -n ground --image=nginx:1.25 -l app=__name__ --dry-run=client -o yaml | ssh $node 'cat > /etc/kubernetes/manifests/__name__.yaml'
ssh ${node%2} rm /etc/kubernetes/manifests/ghost.yaml
