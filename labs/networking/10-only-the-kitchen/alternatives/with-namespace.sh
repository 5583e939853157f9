# The namespace said explicitly; the port with its protocol.
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: store }
spec:
  podSelector: { matchExpressions: [{ key: app, operator: In, values: [store] }] }
  policyTypes: [Ingress]
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: __space__ } }, podSelector: { matchLabels: { role: __role__ } } }]
      ports: [{ protocol: TCP, port: 8080 }]
YAML
