# The generator that knows node ports.
kubectl create service nodeport stock --tcp=8080:8080 --node-port=__nodeport__
