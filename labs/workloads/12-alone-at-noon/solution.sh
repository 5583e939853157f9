set -e
kubectl set resources deployment till --requests=cpu=100m
kubectl autoscale deployment till --min=__least__ --max=__most__ --cpu-percent=__load__
kubectl patch hpa till --type=merge -p '{"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":__quiet__}}}}'
until kubectl get deployment till -o jsonpath='{.spec.replicas}' | grep -q __least__; do sleep 0.5; done
kubectl rollout status deployment till --timeout=60s
