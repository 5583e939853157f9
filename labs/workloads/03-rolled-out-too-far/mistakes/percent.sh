# A quarter of the pods may be missing, as before.
# caught by: careful, scaled
kubectl rollout undo deployment front
