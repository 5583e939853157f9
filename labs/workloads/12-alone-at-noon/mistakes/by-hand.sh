# More pods, by hand: nobody will take them away again, and nobody will bring more.
# caught by: bounds, measure, patient, grown
kubectl set resources deployment till --requests=cpu=100m
kubectl scale deployment till --replicas=__least__
kubectl rollout status deployment till --timeout=60s
