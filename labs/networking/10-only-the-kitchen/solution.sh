kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: store }
spec:
  podSelector: { matchLabels: { app: store } }
  ingress:
    - from: [{ podSelector: { matchLabels: { role: __role__ } } }]
      ports: [{ port: 8080 }]
YAML
