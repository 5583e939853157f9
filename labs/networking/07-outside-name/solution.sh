kubectl create service externalname papers --external-name=vault.archive.svc.cluster.local
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
ports: [{ port: 8080 }]
endpoints: [{ addresses: [$ip] }]
YAML
