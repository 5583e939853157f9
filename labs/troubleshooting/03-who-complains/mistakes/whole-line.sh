# The code, and the rest of the line.
# caught by: code
kubectl create configmap report --from-literal=pod=__who__ --from-literal=code="E__code__: lost sight"
kubectl label pod __who__ state=suspect
