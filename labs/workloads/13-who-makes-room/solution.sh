set -e
kubectl create priorityclass __class__ --value=__value__
kubectl patch deployment premiere -p '{"spec":{"template":{"spec":{"priorityClassName":"__class__"}}}}'
kubectl rollout status deployment premiere --timeout=60s
