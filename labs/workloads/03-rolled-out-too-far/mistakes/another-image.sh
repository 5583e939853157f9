# It comes up, but it is not the release before.
# caught by: back
kubectl set image deployment front front=nginx:1.27
kubectl scale deployment front --replicas=__replicas__
kubectl patch deployment front -p '{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":0}}}}'
kubectl rollout status deployment front --timeout=60s
