# The slice has the Service's port, where nobody listens.
# caught by: by-address
ip=$(kubectl -n archive get pod vault -o jsonpath='{.status.podIP}')
kubectl apply -f - <<YAML
apiVersion: v1
kind: Service
metadata: { name: fixed }
spec:
  ports: [{ port: 80, targetPort: 8080 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: fixed-1
  labels: { kubernetes.io/service-name: fixed }
addressType: IPv4
ports: [{ port: 80 }]
endpoints: [{ addresses: [$ip] }]
YAML
