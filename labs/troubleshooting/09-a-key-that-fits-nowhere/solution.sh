set -e
kubectl patch deployment courier -p '{"spec":{"template":{"spec":{"containers":[{"name":"courier","env":[{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"access","key":"password"}}}]}],"volumes":[{"name":"route","configMap":{"name":"stops"}}]}}}}'
kubectl rollout status deployment courier --timeout=60s
