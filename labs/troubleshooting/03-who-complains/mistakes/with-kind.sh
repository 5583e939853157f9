# `pod/name` is not the name.
# caught by: found
kubectl create configmap report --from-literal=pod=pod/__who__ --from-literal=code=E__code__
kubectl label pod __who__ state=suspect
