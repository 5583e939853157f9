# There is room now, for the rehearsal was made smaller.
# caught by: rehearsal
set -e
kubectl create priorityclass __class__ --value=__value__
kubectl scale deployment rehearsal --replicas=1
kubectl patch deployment premiere -p '{"spec":{"template":{"spec":{"priorityClassName":"__class__"}}}}'
kubectl rollout status deployment premiere --timeout=60s
