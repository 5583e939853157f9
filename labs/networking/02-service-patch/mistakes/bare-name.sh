# Works in the namespace shop, and nowhere else.
# caught by: other-namespace
set -e
kubectl -n shop patch service catalog -p '{"spec":{"selector":{"app":"catalog"},"ports":[{"port":80,"targetPort":8080}]}}'
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog
