# Port 80 is the Service's.
# caught by: by-name
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: way-out, namespace: office }
spec:
  podSelector: { matchLabels: { team: __team__ } }
  policyTypes: [Egress]
  egress:
    - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: vendor } }, podSelector: { matchLabels: { app: printer } } }]
      ports: [{ port: 80 }]
YAML
