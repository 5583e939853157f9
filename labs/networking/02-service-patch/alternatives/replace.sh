# The whole object, read, changed and put back.
set -e
kubectl -n shop get service catalog -o yaml | sed -e 's/app: catalogue/app: catalog/' -e 's/targetPort: 80$/targetPort: 8080/' | kubectl replace -f -
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog.shop.svc
