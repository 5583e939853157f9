# Reachable from inside only.
# caught by: exposed, answers
kubectl expose deployment stock --port=8080
