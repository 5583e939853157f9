# The generator's selector matches no pod.
# caught by: headless, every-pod
kubectl create service clusterip members --clusterip=None --tcp=8080
kubectl expose deployment member --name=choice --port=80 --target-port=8080
