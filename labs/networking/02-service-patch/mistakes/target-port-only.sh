# The right port of no pod.
# caught by: endpoints, same-namespace, other-namespace
set -e
kubectl -n shop patch service catalog -p '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}'
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog.shop
