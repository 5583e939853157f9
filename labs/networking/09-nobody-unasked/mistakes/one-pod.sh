# Only the counter is shut.
# caught by: all-pods
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny-all }
spec: { podSelector: { matchLabels: { app: counter } }, policyTypes: [Ingress] }
YAML
