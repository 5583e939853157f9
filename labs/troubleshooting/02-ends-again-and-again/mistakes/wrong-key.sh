# The word is there, under another key.
# caught by: works
kubectl patch configmap shelf -p '{"data":{"__file__.txt":"iron"}}'
kubectl rollout restart deployment smith
