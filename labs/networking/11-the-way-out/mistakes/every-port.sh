# No port was named: the printer's second door is open, too.
# caught by: held
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: way-out, namespace: office }
spec:
  podSelector: { matchLabels: { team: __team__ } }
  policyTypes: [Egress]
  egress:
    - to:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: vendor } }
          podSelector: { matchLabels: { app: printer } }
    - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
YAML
