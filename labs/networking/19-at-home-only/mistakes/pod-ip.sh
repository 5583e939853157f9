# The pod has this address; the program does not listen there.
# caught by: listens
set -e
kubectl create configmap found --from-literal=word=__word__ --from-literal=listens=$(kubectl get pod desk -o jsonpath='{.status.podIP}')
