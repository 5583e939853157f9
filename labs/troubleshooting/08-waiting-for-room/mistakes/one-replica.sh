# One pod finds room.
# caught by: ready
kubectl scale deployment boxes --replicas=1
kubectl set resources deployment boxes --requests=cpu=250m,memory=64Mi
