# The older Endpoints object, which is mirrored into a slice.
kubectl create service externalname papers --external-name=vault.archive.svc.cluster.local
ip=$(kubectl -n archive get pod vault -o jsonpath='{.status.podIP}')
kubectl apply -f - <<YAML
apiVersion: v1
kind: Service
metadata: { name: fixed }
spec:
  ports: [{ port: 80, targetPort: 8080 }]
---
apiVersion: v1
kind: Endpoints
metadata: { name: fixed }
subsets:
  - addresses: [{ ip: $ip }]
    ports: [{ port: 8080 }]
YAML
