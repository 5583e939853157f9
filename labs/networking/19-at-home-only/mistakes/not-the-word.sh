# The answer of the Service, which is none.
# caught by: word
kubectl create configmap found --from-literal=word=refused --from-literal=listens=127.0.0.1
