# The program was moved to the port where the Service looks.
# caught by: endpoints, kept
kubectl -n orders patch service orders --type=merge -p '{"spec":{"selector":{"app":"orders"},"ports":[{"port":80,"targetPort":80}]}}'
kubectl -n orders patch deployment orders --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/args","value":["netexec","--http-port=80"]},{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"}]'
kubectl -n orders rollout status deployment orders --timeout=60s
kubectl -n desk patch configmap clerk -p '{"data":{"url":"http://orders.orders/hostname"}}'
