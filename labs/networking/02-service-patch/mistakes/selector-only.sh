# Endpoints appear, and nobody listens on their port.
# caught by: endpoints, same-namespace, other-namespace
set -e
kubectl -n shop patch service catalog -p '{"spec":{"selector":{"app":"catalog"}}}'
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog.shop
