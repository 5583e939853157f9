# Ordered once more.
# caught by: manager, reapers
kubectl scale deployment reapers --replicas=1
kubectl scale deployment reapers --replicas=3
