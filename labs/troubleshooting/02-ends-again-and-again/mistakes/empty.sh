# A file without the word.
# caught by: works
kubectl patch configmap shelf -p '{"data":{"__file__":"wood"}}'
kubectl rollout restart deployment smith
