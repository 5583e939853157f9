# More pods of a release that does not start.
# caught by: back, careful
kubectl scale deployment front --replicas=__replicas__
