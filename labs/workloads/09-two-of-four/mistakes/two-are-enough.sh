# Asked for less, so that nothing is missing.
# caught by: four, small
kubectl scale deployment ovens --replicas=2
