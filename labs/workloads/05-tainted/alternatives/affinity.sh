# A toleration of every value, and affinity instead of a selector.
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl taint node $node __key__=__value__:NoSchedule
kubectl apply -f - <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: { name: chosen }
spec:
  replicas: 2
  selector: { matchLabels: { app: chosen } }
  template:
    metadata: { labels: { app: chosen } }
    spec:
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [$node] }] }] } } }
      tolerations: [{ key: __key__, operator: Exists }]
      containers: [{ name: nginx, image: 'nginx:1.25' }]
YAML
kubectl delete pods -l app=crowd --wait=false
kubectl rollout status deployment chosen --timeout=60s
