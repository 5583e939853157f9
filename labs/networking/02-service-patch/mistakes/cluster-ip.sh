# It answers, until the Service is made anew: the task asks for a name.
# caught by: other-namespace
set -e
kubectl -n shop patch service catalog -p '{"spec":{"selector":{"app":"catalog"},"ports":[{"port":80,"targetPort":8080}]}}'
kubectl -n visitors create configmap addresses --from-literal=catalog-url="http://$(kubectl -n shop get service catalog -o jsonpath='{.spec.clusterIP}')"
