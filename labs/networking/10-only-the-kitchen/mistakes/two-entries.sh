# One dash too many: the namespace, or the label.
# caught by: kept-out
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: store }
spec:
  podSelector: { matchLabels: { app: store } }
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: __space__ } } }, { podSelector: { matchLabels: { role: __role__ } } }]
      ports: [{ port: 8080 }]
YAML
