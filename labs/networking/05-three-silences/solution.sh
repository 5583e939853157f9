# fault: selector
kubectl -n orders patch service orders -p '{"spec":{"selector":{"app":"orders"}}}'
# fault: target
kubectl -n orders patch service orders --type=merge -p '{"spec":{"ports":[{"port":80,"targetPort":__port__}]}}'
# fault: probe
kubectl -n orders patch deployment orders --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/port","value":__port__}]'
# fault: name
kubectl -n desk patch configmap clerk -p '{"data":{"url":"http://orders.orders/hostname"}}'
kubectl -n orders rollout status deployment orders --timeout=60s
