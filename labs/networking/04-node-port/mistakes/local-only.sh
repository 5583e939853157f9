# Only the node with the pod answers.
# caught by: answers
kubectl create service nodeport stock --tcp=8080:8080 --node-port=__nodeport__
kubectl patch service stock -p '{"spec":{"externalTrafficPolicy":"Local"}}'
