# It comes back.
# caught by: gone, made
kubectl -n ground delete pod -l app=ghost --grace-period=0 --force
