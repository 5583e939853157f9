# A new Service of the same name. Its cluster IP is another one: who uses the name does not notice.
set -e
kubectl -n shop delete service catalog
kubectl -n shop expose deployment catalog --port=80 --target-port=8080
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog.shop
