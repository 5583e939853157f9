kubectl expose deployment member --name=members --port=8080 --cluster-ip=None
kubectl expose deployment member --name=choice --port=80 --target-port=8080
