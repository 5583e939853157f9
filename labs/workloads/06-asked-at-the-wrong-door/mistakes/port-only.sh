# The right door, the wrong question.
# caught by: readiness
kubectl patch deployment door -p '{"spec":{"template":{"spec":{"containers":[{"name":"door","readinessProbe":{"httpGet":{"port":__port__}},"livenessProbe":{"tcpSocket":{"port":__port__},"initialDelaySeconds":5}}]}}}}'
