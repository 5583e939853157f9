# A manifest; half a CPU as 0.5.
set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
kubectl delete pod press ghost --ignore-not-found --now
kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: { name: press, labels: { app: press } }
spec:
  nodeName: $node
  containers: [{ name: press, image: 'nginx:1.25', resources: { requests: { cpu: 0.5 } } }]
---
apiVersion: v1
kind: Pod
metadata: { name: ghost, labels: { app: ghost } }
spec:
  containers: [{ name: ghost, image: 'nginx:1.25' }]
YAML
kubectl wait pod press ghost --for=condition=Ready --timeout=60s
