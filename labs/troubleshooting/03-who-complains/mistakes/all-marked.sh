# Everybody is a suspect.
# caught by: marked
kubectl create configmap report --from-literal=pod=__who__ --from-literal=code=E__code__
kubectl label pod -l role=scout state=suspect
