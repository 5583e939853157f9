# The manifest written on the node, the old one moved away.
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
ssh $node 'cat > /etc/kubernetes/manifests/x.yaml' <<YAML
apiVersion: v1
kind: Pod
metadata: { name: __name__, namespace: ground, labels: { app: __name__ } }
spec:
  containers: [{ name: web, image: 'nginx:1.25' }]
YAML
ssh ${node%2} mv /etc/kubernetes/manifests/ghost.yaml /root/
