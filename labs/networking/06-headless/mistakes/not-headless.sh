# One address for all of them.
# caught by: headless, every-pod
kubectl expose deployment member --name=members --port=8080
kubectl expose deployment member --name=choice --port=80 --target-port=8080
