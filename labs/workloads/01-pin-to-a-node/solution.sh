node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: { name: pinned, labels: { app: pinned } }
spec:
  nodeName: $node
  containers: [{ name: pinned, image: 'busybox:1.36', command: [sleep, '3600'] }]
YAML
