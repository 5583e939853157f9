# The whole office is shut in.
# caught by: others
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: way-out, namespace: office }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: vendor } }, podSelector: { matchLabels: { app: printer } } }]
      ports: [{ port: 8080 }]
YAML
