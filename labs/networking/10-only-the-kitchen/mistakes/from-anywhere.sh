# The label counts in every namespace.
# caught by: kept-out
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: store }
spec:
  podSelector: { matchLabels: { app: store } }
  ingress:
    - from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: __role__ } } }]
      ports: [{ port: 8080 }]
YAML
