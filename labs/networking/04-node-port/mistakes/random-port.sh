# A node port, but not this one.
# caught by: exposed, answers
kubectl expose deployment stock --type=NodePort --port=8080
