# A CNAME is not searched: `vault.archive` is a name of the internet.
# caught by: alias
kubectl create service externalname papers --external-name=vault.archive
