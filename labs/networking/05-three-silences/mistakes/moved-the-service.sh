# The Service offers another port now, so the URL of everybody else is wrong.
# caught by: kept
kubectl -n orders patch service orders --type=merge -p '{"spec":{"selector":{"app":"orders"},"ports":[{"port":__port__,"targetPort":__port__}]}}'
kubectl -n orders patch deployment orders --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/port","value":__port__}]'
kubectl -n desk patch configmap clerk -p '{"data":{"url":"http://orders.orders:__port__/hostname"}}'
kubectl -n orders rollout status deployment orders --timeout=60s
