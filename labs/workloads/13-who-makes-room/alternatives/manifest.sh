# The class as a manifest; the Deployment read, changed and put back.
set -e
kubectl apply -f - <<YAML
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: __class__ }
value: __value__
globalDefault: false
preemptionPolicy: PreemptLowerPriority
description: Before everything that has no class.
YAML
kubectl get deployment premiere -o yaml | sed 's/^      terminationGracePeriodSeconds: 0$/      terminationGracePeriodSeconds: 0\n      priorityClassName: __class__/' | kubectl replace -f -
kubectl rollout status deployment premiere --timeout=60s
