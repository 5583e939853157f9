set -e
kubectl get pod pair -o yaml | sed 's/--http-port=80$/--http-port=__port__/' | kubectl replace --force -f -
kubectl wait pod pair --for=condition=Ready --timeout=60s
