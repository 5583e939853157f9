# The scanner lives there, too.
# caught by: held
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: way-out, namespace: office }
spec:
  podSelector: { matchLabels: { team: __team__ } }
  policyTypes: [Egress]
  egress:
    - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: vendor } } }]
YAML
