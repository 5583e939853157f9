# The port by its name.
kubectl patch deployment door --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet","value":{"path":"/healthz","port":"web"}},{"op":"add","path":"/spec/template/spec/containers/0/livenessProbe","value":{"tcpSocket":{"port":"web"},"initialDelaySeconds":5}}]'
kubectl rollout status deployment door --timeout=60s
