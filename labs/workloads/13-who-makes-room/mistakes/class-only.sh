# A class that nobody names.
# caught by: named, runs
kubectl create priorityclass __class__ --value=__value__
