kubectl patch deployment door -p '{"spec":{"template":{"spec":{"containers":[{"name":"door","readinessProbe":{"httpGet":{"path":"/healthz","port":__port__}},"livenessProbe":{"tcpSocket":{"port":__port__},"initialDelaySeconds":5}}]}}}}'
kubectl rollout status deployment door --timeout=60s
