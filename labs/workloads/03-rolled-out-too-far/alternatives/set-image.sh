# The image set back by hand.
kubectl set image deployment front front=nginx:1.25
kubectl patch deployment front --type=merge -p '{"spec":{"replicas":__replicas__,"strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'
kubectl rollout status deployment front --timeout=60s
