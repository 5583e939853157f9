# The wrong thing is measured.
# caught by: measure
set -e
kubectl set resources deployment till --requests=cpu=100m
kubectl apply -f - <<YAML
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: till, namespace: __space__ }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: till }
  minReplicas: __least__
  maxReplicas: __most__
  metrics: [{ type: Resource, resource: { name: memory, target: { type: Utilization, averageUtilization: __load__ } } }]
  behavior: { scaleDown: { stabilizationWindowSeconds: __quiet__ } }
YAML
