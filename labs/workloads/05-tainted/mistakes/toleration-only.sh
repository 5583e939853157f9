# Allowed, but not led there.
# caught by: chosen, others
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl taint node $node __key__=__value__:NoSchedule
kubectl apply -f - <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: { name: chosen }
spec:
  replicas: 3
  selector: { matchLabels: { app: chosen } }
  template:
    metadata: { labels: { app: chosen } }
    spec:
      nodeSelector: { kubernetes.io/os: linux }
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: chosen } }, topologyKey: kubernetes.io/hostname }] } }
      tolerations: [{ key: __key__, value: __value__, effect: NoSchedule }]
      containers: [{ name: nginx, image: 'nginx:1.25' }]
YAML
