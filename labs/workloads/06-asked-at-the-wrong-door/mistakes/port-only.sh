# The right door, the wrong question: agnhost knows no /ready.
# caught by: available, readiness
kubectl patch deployment door -p '{"spec":{"template":{"spec":{"containers":[{"name":"door","readinessProbe":{"httpGet":{"port":__port__}},"livenessProbe":{"tcpSocket":{"port":__port__},"initialDelaySeconds":5}}]}}}}'
