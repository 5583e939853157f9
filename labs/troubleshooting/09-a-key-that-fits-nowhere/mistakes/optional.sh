# It starts, with nothing in its hands.
# caught by: settings
set -e
kubectl patch deployment courier -p '{"spec":{"template":{"spec":{"containers":[{"name":"courier","env":[{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"access","key":"token","optional":true}}}]}],"volumes":[{"name":"route","configMap":{"name":"stop","optional":true}}]}}}}'
kubectl rollout status deployment courier --timeout=60s || true
