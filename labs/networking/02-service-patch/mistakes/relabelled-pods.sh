# The pods were bent to fit the Service: the Deployment loses them and makes new ones.
# caught by: endpoints, in-place
set -e
kubectl -n shop label pods -l app=catalog app=catalogue --overwrite
kubectl -n shop patch service catalog -p '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}'
kubectl -n shop rollout status deployment catalog --timeout=60s
kubectl -n visitors create configmap addresses --from-literal=catalog-url=http://catalog.shop
