# A manifest of the Service as it should be.
set -e
kubectl apply -f - <<EOF
apiVersion: v1
kind: Service
metadata:
  name: catalog
  namespace: shop
spec:
  selector:
    app: catalog
  ports:
  - port: 80
    targetPort: 8080
EOF
kubectl apply -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata:
  name: addresses
  namespace: visitors
data:
  catalog-url: http://catalog.shop:80
EOF
