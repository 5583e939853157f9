# The node port is right, the port inside is not.
# caught by: inside
kubectl create service nodeport stock --tcp=80:8080 --node-port=__nodeport__
