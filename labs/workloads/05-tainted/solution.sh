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
      nodeSelector: { kubernetes.io/hostname: $node }
      tolerations: [{ key: __key__, value: __value__, effect: NoSchedule }]
      containers: [{ name: nginx, image: 'nginx:1.25' }]
YAML
kubectl rollout restart deployment crowd
kubectl rollout status deployment crowd --timeout=60s
kubectl rollout status deployment chosen --timeout=60s
