# One manifest for the autoscaler; the request by a patch; how it grows is written down as it is by default.
set -e
kubectl apply -f - <<YAML
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: till, namespace: __space__ }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: till }
  minReplicas: __least__
  maxReplicas: __most__
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: __load__ } } }]
  behavior:
    scaleDown: { stabilizationWindowSeconds: __quiet__ }
    scaleUp: { stabilizationWindowSeconds: 0 }
YAML
kubectl patch deployment till -p '{"spec":{"template":{"spec":{"containers":[{"name":"till","resources":{"requests":{"cpu":"0.1"}}}]}}}}'
until kubectl get deployment till -o jsonpath='{.spec.replicas}' | grep -q __least__; do sleep 0.5; done
kubectl rollout status deployment till --timeout=60s
