# The Service made anew, the probe removed, the name in full.
kubectl -n orders delete service orders
kubectl -n orders expose deployment orders --port=80 --target-port=__port__
kubectl -n orders patch deployment orders --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"}]'
kubectl -n orders rollout status deployment orders --timeout=60s
kubectl -n desk create configmap clerk --from-literal=url=http://orders.orders.svc.cluster.local/hostname --dry-run=client -o yaml | kubectl replace -f -
