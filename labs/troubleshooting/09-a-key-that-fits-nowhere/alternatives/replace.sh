# The whole Deployment, read, changed, put back.
set -e
kubectl get deployment courier -o yaml | sed -e 's/key: token$/key: password/' -e 's/name: stop$/name: stops/' | kubectl replace -f -
kubectl rollout status deployment courier --timeout=60s
