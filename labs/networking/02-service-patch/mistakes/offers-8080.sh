# The Service's own port was changed: http://catalog means port 80, and that is gone.
# caught by: same-namespace, other-namespace
set -e
kubectl -n shop patch service catalog --type=merge -p '{"spec":{"selector":{"app":"catalog"},"ports":[{"port":8080,"targetPort":8080}]}}'
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog.shop
