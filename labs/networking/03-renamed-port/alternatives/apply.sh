# The whole Service anew, from a manifest.
kubectl apply -f - <<YAML
apiVersion: v1
kind: Service
metadata: { name: books, namespace: __space__ }
spec:
  selector: { app: books }
  ports:
    - { name: pages, port: __offered__, targetPort: http }
    - { name: numbers, port: 9100, targetPort: 9113 }
YAML
