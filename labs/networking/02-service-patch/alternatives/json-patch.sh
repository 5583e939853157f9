# One change at a time, by path and by generator.
set -e
kubectl -n shop set selector service catalog app=catalog
kubectl -n shop patch service catalog --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog.shop
