set -e
word=$(kubectl exec desk -- curl -s http://127.0.0.1:8000/ | grep -o '[a-z]*$' | head -1)
kubectl create configmap found --from-literal=word=$word --from-literal=listens=127.0.0.1
