kubectl -n orders patch service orders -p '{"spec":{"selector":{"app":"orders"}}}'
kubectl -n orders patch service orders --type=merge -p '{"spec":{"ports":[{"port":80,"targetPort":__port__}]}}'
kubectl -n orders patch deployment orders --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/port","value":__port__}]'
kubectl -n desk patch configmap clerk -p '{"data":{"url":"http://orders.orders/hostname"}}'
kubectl -n orders rollout status deployment orders --timeout=60s
