# A line break belongs to the password now.
# caught by: secret
kubectl create secret generic entry --from-literal=password='__word__
'
