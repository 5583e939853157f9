# A Service that leads nowhere.
# caught by: by-address
kubectl create service externalname papers --external-name=vault.archive.svc.cluster.local
kubectl apply -f - <<YAML
apiVersion: v1
kind: Service
metadata: { name: fixed }
spec:
  ports: [{ port: 80, targetPort: 8080 }]
YAML
