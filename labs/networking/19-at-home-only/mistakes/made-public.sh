# The pod was made anew so that the Service works.
# caught by: untouched
set -e
kubectl get configmap page -o yaml | sed 's/listen 127.0.0.1:8000/listen 8000/' | kubectl replace -f -
kubectl get pod desk -o yaml | kubectl replace --force -f -
kubectl wait pod desk --for=condition=Ready --timeout=60s
kubectl create configmap found --from-literal=word=__word__ --from-literal=listens=127.0.0.1
