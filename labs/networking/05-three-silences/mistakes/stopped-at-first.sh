# One repair, and then the work was called done.
# caught by: clerk
kubectl -n orders patch service orders -p '{"spec":{"selector":{"app":"orders"}}}'
