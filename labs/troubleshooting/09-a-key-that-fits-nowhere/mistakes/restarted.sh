# The same pod once more.
# caught by: ready, settings
kubectl rollout restart deployment courier
