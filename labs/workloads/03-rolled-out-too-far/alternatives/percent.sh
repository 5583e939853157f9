# Nobody of a hundred may be missing.
kubectl rollout undo deployment front
kubectl scale deployment front --replicas=__replicas__
kubectl patch deployment front -p '{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":"0%"}}}}'
kubectl rollout status deployment front --timeout=60s
