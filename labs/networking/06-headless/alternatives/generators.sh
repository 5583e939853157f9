# The generators, and the selector by hand.
kubectl create service clusterip members --clusterip=None --tcp=8080
kubectl set selector service members app=member
kubectl create service clusterip choice --tcp=80:8080
kubectl set selector service choice app=member
