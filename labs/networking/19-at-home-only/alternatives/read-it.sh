# Whoever reads the source needs no connection.
set -e
word=$(kubectl exec desk -- cat /etc/nginx/conf.d/default.conf | grep -o 'day is [a-z]*' | cut -d' ' -f3)
kubectl create configmap found --from-literal=word=$word --from-literal=listens=127.0.0.1
