# What was asked for was made: another key, another map.
# caught by: settings
set -e
kubectl patch secret access -p '{"stringData":{"token":"guess"}}'
kubectl create configmap stop --from-literal=stops=nowhere
kubectl rollout restart deployment courier
