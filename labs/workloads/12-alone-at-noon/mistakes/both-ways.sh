# Slow in both directions: at noon it looks on for minutes.
# caught by: patient
set -e
kubectl set resources deployment till --requests=cpu=100m
kubectl autoscale deployment till --min=__least__ --max=__most__ --cpu-percent=__load__
kubectl patch hpa till --type=merge -p '{"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":__quiet__},"scaleUp":{"stabilizationWindowSeconds":__quiet__}}}}'
