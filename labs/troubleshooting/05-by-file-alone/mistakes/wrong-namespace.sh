# The manifest names no namespace.
# caught by: made
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl run __name__ --image=nginx:1.25 -l app=__name__ --dry-run=client -o yaml | sed '/namespace:/d' | ssh $node 'cat > /etc/kubernetes/manifests/__name__.yaml'
